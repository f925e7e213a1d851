"""Printing: records and lists as PDF, typeset by Typst from templates that addons ship, in a process of its own."""
