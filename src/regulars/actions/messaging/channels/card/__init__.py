"""Printed cards and the labels that go on them."""
