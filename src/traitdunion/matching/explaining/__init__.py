"""Options, day plans and bookings written in French for what is shown."""
