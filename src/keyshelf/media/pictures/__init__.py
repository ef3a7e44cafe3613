"""Serving pictures that are made when they are asked for.

    addresses  what a signed address asks for, and making such addresses
    versions   which bytes a source has at the moment
    service    `Pictures`: from an address to a picture
    making     memory, media store, one render however many ask
    upkeep     what is removed from time to time, and on request

Others use `open_pictures`, `Pictures`, `addresses` and `upkeep`.
"""
