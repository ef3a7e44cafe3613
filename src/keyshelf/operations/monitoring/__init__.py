"""What a monitor is told of the whole service: `service.ServiceMetrics`."""
