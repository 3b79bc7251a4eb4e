"""Every shape that passes between the stages, frozen and closed."""
