"""`manage.py demo`: the whole portal on one machine, with the main job done before your eyes."""
