"""绩效自评: rules, reading, pages and the paper. Models and actions stand with the others of the app."""
