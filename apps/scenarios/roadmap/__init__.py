"""A plan in five phases: targets, and what is done by whom until when; what it is expected to bring, and what later assessments found."""
