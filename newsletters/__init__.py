"""Issues of a newsletter: from a coordinator's words to what is mailed. Pure: values in, values out; no database, no network, no clock."""

from newsletters.printing import Face, Printed, print_issue

__all__ = ["Face", "Printed", "print_issue"]
