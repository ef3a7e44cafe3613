-- Letters such as ø, which normalisation leaves whole, are searched and sorted as people
-- type them. New rows are written so (layout.names.LETTERS); this mends those that hold one.

CREATE FUNCTION pg_temp.as_typed(form TEXT) RETURNS TEXT LANGUAGE SQL IMMUTABLE AS $$
    SELECT translate(
        replace(replace(replace(replace(replace(replace(form,
            'æ', 'ae'), 'þ', 'th'), 'œ', 'oe'), 'ƕ', 'hv'), 'ƣ', 'oi'), 'ȣ', 'ou'),
        'ðøđħıłŋŧƀƃƈƌƒƙƚƞƥƫƭƴƶǥȡȥȴȵȶȷȼȿɀɇɉɋɍɏɓɕɖɗɟɠɦɨɫɬɭɱɲɳɼɽɾʂʄʈʋʐʑʝʠỿⱡⱥⱦⱨⱪⱬⱱⱳⱴⱸⱺ',
        'dodhilntbbcdfklnpttyzgdzlntjcszejqrybcddjghilllmnnrrrsjtvzzjqylathkzvwveo'
    )
$$;

UPDATE files SET search_name = pg_temp.as_typed(search_name), sort_name = pg_temp.as_typed(sort_name)
WHERE search_name ~ '[æðøþđħıłŋœŧƀƃƈƌƒƕƙƚƞƣƥƫƭƴƶǥȡȣȥȴȵȶȷȼȿɀɇɉɋɍɏɓɕɖɗɟɠɦɨɫɬɭɱɲɳɼɽɾʂʄʈʋʐʑʝʠỿⱡⱥⱦⱨⱪⱬⱱⱳⱴⱸⱺ]';
