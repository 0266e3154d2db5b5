"""The merchant's face: pages that ask the domain one question and draw the answer."""
