"""The schedule engine (日程): rhythms and dates, what a site's plan is made of, gates between stages, timelines, calendars."""
