"""Byte-level BPE with the GPT-2 pre-tokenizer, restricted to ASCII text (the corpus is ASCII)."""
import collections
import re

# GPT-2's pattern with \p{L} and \p{N} written out for ASCII.
SPLIT = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d| ?[A-Za-z]+| ?[0-9]+| ?[^\sA-Za-z0-9]+|\s+(?!\S)|\s+")
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]


# Digits are merged in twos and no further, the centuries first: 2026-03-14 is always 20 26 - 03 - 14.
DIGIT_PAIRS = [("2", "0"), ("1", "9")] + [(a, b) for a in "0123456789" for b in "0123456789" if a + b not in ("20", "19")]


def byte_alphabet():
    """GPT-2's printable stand-in for each byte."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    table, extra = {b: chr(b) for b in printable}, 0
    for b in range(256):
        if b not in table:
            table[b] = chr(256 + extra)
            extra += 1
    return table


BYTES = byte_alphabet()


def symbols(word):
    return tuple(BYTES[b] for b in word.encode())


class Tokenizer:
    def __init__(self, merges):
        self.merges = merges
        self.tokens = [BYTES[b] for b in range(256)] + [a + b for a, b in merges] + SPECIAL
        self.ids = {t: i for i, t in enumerate(self.tokens)}
        self.ranks = {pair: i for i, pair in enumerate(merges)}
        self.cache = {}

    @classmethod
    def train(cls, texts, vocab_size):
        counts = collections.Counter(w for t in texts for w in SPLIT.findall(t))
        words = [[list(symbols(w)), n] for w, n in sorted(counts.items())]
        merges = list(DIGIT_PAIRS)
        for pair in merges:
            for entry in words:
                entry[0] = join(entry[0], pair)
        while len(merges) < vocab_size - 256 - len(SPECIAL):
            pairs = collections.Counter()
            for parts, n in words:
                for pair in zip(parts, parts[1:]):
                    if not any(c.isdigit() for c in pair[0] + pair[1]):
                        pairs[pair] += n
            best = min(pairs, key=lambda p: (-pairs[p], p))
            merges.append(best)
            for entry in words:
                entry[0] = join(entry[0], best)
        return cls(merges)

    def encode(self, text):
        """Ordinary text only: special tokens are never read from text."""
        out = []
        for word in SPLIT.findall(text):
            if word not in self.cache:
                parts = list(symbols(word))
                while len(parts) > 1:
                    best = min(zip(parts, parts[1:]), key=lambda p: self.ranks.get(p, 1 << 30))
                    if best not in self.ranks:
                        break
                    parts = join(parts, best)
                self.cache[word] = [self.ids[p] for p in parts]
            out += self.cache[word]
        return out

    def chat(self, dialogue):
        """ChatML token ids, and for each id whether it is learnt (what the assistant says, and its end)."""
        start, end = self.ids["<|im_start|>"], self.ids["<|im_end|>"]
        ids, learnt = [], []
        for role, content in dialogue:
            head, body = [start, *self.encode(role + "\n")], [*self.encode(content), end]
            ids += head + body + self.encode("\n")
            learnt += [False] * len(head) + [role == "assistant"] * len(body) + [False]
        return ids, learnt


def join(parts, pair):
    out, i = [], 0
    while i < len(parts):
        if i + 1 < len(parts) and (parts[i], parts[i + 1]) == pair:
            out.append(parts[i] + parts[i + 1])
            i += 2
        else:
            out.append(parts[i])
            i += 1
    return out
