#!/usr/bin/env python3
"""Writes src/Amnion.Guard/Text/fold.txt: what each code point is read as by the guard.

  python3 eng/unicode/fold.py /usr/share/unicode/UnicodeData.txt > src/Amnion.Guard/Text/fold.txt

Input: UnicodeData.txt of Debian's package unicode-data 15.0.0-1 (Unicode licence V3, https://www.unicode.org/license.txt). The look-alikes below are our own short list in the spirit of
UTS #39 section 4: letters that stand for a Latin letter in the attacks seen, not the whole confusables table. Line: code point, cased reading ("-": itself), folded reading; hexadecimal, several with "+".
"""
import sys

UP = {}  # a look-alike, read as the letter given, whatever its case


def alike(pairs):
    for source, target in pairs:
        UP[ord(source)] = target


def row(sources, targets):
    alike(zip(sources, targets))


# Cyrillic: both cases read the same, so that Russian words meet their signatures (which are folded too).
row("аАвВеЕзЗкКмМнНоОрРсСтТуУхХіІјЈѕЅһҺԁԀԛԚԝԜӏӀьЬгГ", "aabbee33kkmmhhooppccttyyxxiijjsshhddqqwwllbbrr")
row("үҮӕӔґҐѵѴѡѠҽҼ", "yyaarrvvwwee")
# Greek: capitals by their shape, small letters by theirs.
row("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "abezhikmnoptyx")
row("αβγεικνορτυχωη", "abyeikvoptuxwn")
# Armenian, Cherokee, Lisu, Hebrew and others used for single letters.
row("օսոհցԼՍՕյդ", "ounhglsojn")
row("ᎪᏴᏟᎠᎬᏀᎻᎥᎫᏦᏞᎷᎾᏢᏒᏚᎢᏙᎳᎽᏃ", "abcdeghijklmopqstvwyz"[:21])
row("ꓮꓐꓚꓓꓰꓝꓖꓧꓲꓙꓗꓡꓟꓠꓳꓑꓣꓢꓔꓴꓦꓪꓫꓬꓜ", "abcdefghijklmnoprstuvwxyz")
# Latin without a decomposition, IPA, small capitals, turned letters.
row("ßæøłđıœþðħŋſƒɑɡɩɪʀɴʟʏʜɢʙᴀᴄᴅᴇᴊᴋᴍᴏᴘᴛᴜᴠᴡᴢꜰꜱɐǝɔɟɥᴉɾʞɯɹʇʌʍʎƃᴎᴙꞯɓɗɛɠɦƙɱɲɵƥɽʂƭʋʐƴ",
    ["ss", "ae", "o", "l", "d", "i", "oe", "th", "d", "h", "n", "s", "f", "a", "g", "i", "i", "r", "n", "l", "y", "h", "g", "b", "a", "c", "d", "e", "j", "k", "m", "o", "p", "t", "u", "v", "w", "z",
     "f", "s", "a", "e", "c", "f", "h", "i", "j", "k", "m", "r", "t", "v", "w", "y", "g", "n", "r", "q", "b", "d", "e", "g", "h", "k", "m", "n", "o", "p", "r", "s", "t", "v", "z", "y"])
row("ØŁĐŒÆÞÐĦŊẞƗɨƵƶȺȾ", ["o", "l", "d", "oe", "ae", "th", "d", "h", "n", "ss", "i", "i", "z", "z", "a", "t"])
# Signs read as letters or as their ASCII counterpart.
row("‐‑‒–—―−﹣‘’‚‛“”„‟′″«»‹›。、·•∙∣￨ǀ⁄∕⧸×¢€£", ["-"] * 8 + ["'"] * 4 + ['"'] * 4 + ["'", '"', '"', '"', "'", "'", ".", ",", ".", ".", ".", "|", "|", "|", "/", "/", "/", "x", "c", "e", "l"])
row("یکيىكہةۀہ", "ييييكهههه")
for i in range(26):
    for base in (0x1F150, 0x1F170, 0x1F1E6):
        UP[base + i] = chr(97 + i)
# English braille, letters only (U+2800 is a blank).
for mask, letter in zip([1, 3, 9, 25, 17, 11, 27, 19, 10, 26, 5, 7, 13, 29, 21, 15, 31, 23, 14, 30, 37, 39, 58, 45, 61, 53], "abcdefghijklmnopqrstuvwxyz"):
    UP[0x2800 + mask] = letter
UP[0x2800] = " "


def stripped(c):
    return 0x300 <= c <= 0x36F or 0x483 <= c <= 0x489 or 0x591 <= c <= 0x5C7 or 0x610 <= c <= 0x61A or 0x64B <= c <= 0x65F or c in (0x640, 0x670) or 0x6D6 <= c <= 0x6ED \
        or 0x1AB0 <= c <= 0x1AFF or 0x1DC0 <= c <= 0x1DFF or 0x20D0 <= c <= 0x20FF or 0xFE20 <= c <= 0xFE2F


def main(path):
    decomposition, compatible, lower, category, digit = {}, {}, {}, {}, {}
    for line in open(path, encoding="utf-8"):
        f = line.rstrip("\n").split(";")
        c = int(f[0], 16)
        category[c] = f[2]
        if f[5]:
            parts = f[5].split()
            compatible[c] = parts[0].startswith("<")
            decomposition[c] = [int(p, 16) for p in parts if not p.startswith("<")]
        if f[13]:
            lower[c] = int(f[13], 16)
        if f[2] == "Nd":
            digit[c] = int(f[6])

    def kana(c):
        return 0x3040 <= c <= 0x30FF

    def expand(c):
        if c not in decomposition or (kana(c) and not compatible[c]):
            return [c]
        return [e for d in decomposition[c] for e in expand(d)]

    def fold(c):
        out = []
        for e in expand(c):
            if stripped(e):
                continue
            e = lower.get(e, e) if e not in UP else e
            if e in UP:
                out += [ord(x) for x in UP[e]]
            elif e in digit:
                out.append(48 + digit[e])
            elif category.get(e) == "Zs":
                out.append(32)
            else:
                out.append(e)
        return out

    print("amnion-fold 1")
    print("# Unicode 15.0.0, written by eng/unicode/fold.py; do not edit. Unicode licence V3.")
    for c in sorted(set(category) | set(UP)):
        if 0xAC00 <= c <= 0xD7A3 or c in (0xE000, 0x2028, 0x2029, 0x85) or 0xE0000 <= c <= 0xE0FFF or c < 0x80 or stripped(c):
            continue
        folded = fold(c)
        cased = expand(c)
        cased = cased if cased and all(x < 0x80 for x in cased) else ([32] if category.get(c) == "Zs" else [48 + digit[c]] if c in digit else [c])
        if folded == [c] and cased == [c]:
            continue
        if len(folded) > 4:
            folded = folded[:4]
        text = lambda cs: "+".join(f"{x:X}" for x in cs) or "0"
        print(f"{c:X} {'-' if cased == [c] else text(cased[:4])} {text(folded)}")


main(sys.argv[1])
