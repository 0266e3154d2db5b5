"""Who was one person for the shop at which moment? Read from the merge ledger alone, by other code than what keeps it."""

from collections import defaultdict


class Ledger:
    """entries: rows of the merge ledger in their order, times with their zone."""

    def __init__(self, entries):
        self.entries, self.group = entries, {}
        members = defaultdict(set)
        for one in entries:
            joined = {one["left_id"], one["right_id"]}
            for end in list(joined):
                joined |= members.get(self.group.get(end), set())
            root = min(joined)
            for each in joined:
                self.group[each] = root
            members[root] = joined
        self.of = defaultdict(list)
        for one in entries:
            self.of[self.group[one["left_id"]]].append(one)

    def same(self, one, other, at):
        """Whether both addresses were one person's, as far as was known then."""
        if one == other:
            return True
        group = self.group.get(one)
        if group is None or group != self.group.get(other):
            return False
        newest = {}
        for entry in self.of[group]:
            if entry["at_at"] <= at:
                newest[entry["left_id"], entry["right_id"]] = entry["kind"] == "merge"
        reached, fresh = {one}, [one]
        while fresh:
            here = fresh.pop()
            for ends, holds in newest.items():
                if holds and here in ends:
                    new = set(ends) - reached
                    reached |= new
                    fresh += new
        return other in reached

    def with_earlier(self, rows, at):
        """Each row, and those before it that were the same person's then. rows: in their order; at: the column of the time."""
        by_group = defaultdict(list)
        for row in rows:
            by_group[self.group.get(row["identifier_id"], row["identifier_id"])].append(row)
        for group in by_group.values():
            for place, row in enumerate(group):
                yield (
                    row,
                    [one for one in group[:place] if self.same(one["identifier_id"], row["identifier_id"], row[at])],
                )

    def others(self, identifier):
        """All addresses that were ever one person's with this one, itself included."""
        group = self.group.get(identifier)
        return [identifier] if group is None else [each for each, root in self.group.items() if root == group]
