using System.Numerics;

namespace Amnion.Guard.Pii.Scanning;

/// <summary>The words that speak for types or have a role, by their 64-bit hash: open addressing, built once. A collision of hashes would lend a wrong context and nothing more.</summary>
sealed class WordTable
{
    readonly Dictionary<ulong, int> _building = [];
    readonly List<(UInt128 Types, WordRoles Roles)> _entries = [(0, WordRoles.None)];
    ulong[] _hashes = [];
    ushort[] _places = [];
    (UInt128 Types, WordRoles Roles)[] _frozen = [];

    /// <summary>The types a word speaks for, a bit each.</summary>
    public UInt128 Types(int word) => _frozen[word].Types;

    /// <summary>The word's roles.</summary>
    public WordRoles Roles(int word) => _frozen[word].Roles;

    /// <summary>Whether two-word entries begin with it.</summary>
    public bool IsPairStart(int word) => word != 0 && (_frozen[word].Roles & WordRoles.PairStart) != 0;

    /// <summary>The entry of a hash, 0 for none.</summary>
    public int Find(ulong hash)
    {
        var mask = _hashes.Length - 1;
        for (var i = (int)(hash >> 20) & mask; _places[i] != 0; i = (i + 1) & mask)
        {
            if (_hashes[i] == hash)
            {
                return _places[i];
            }
        }

        return 0;
    }

    /// <summary>The hash of two words in a row.</summary>
    public static ulong Pair(ulong first, ulong second) => BitOperations.RotateLeft(first, 23) ^ (second * Tokeniser.HashPrime);

    /// <summary>Adds a context word; two words joined by '+', '-' or '.' must follow each other.</summary>
    public void Add(ReadOnlySpan<char> word, int type, WordRoles roles = WordRoles.None)
    {
        var cut = word.IndexOfAny("+-._");
        if (cut <= 0 || cut == word.Length - 1)
        {
            Set(Tokeniser.Hash(word.Trim("+-._#")), type, roles);
            return;
        }

        var second = word[(cut + 1)..];
        var end = second.IndexOfAny("+-._");
        second = end < 0 ? second : second[..end];
        Set(Tokeniser.Hash(word[..cut]), -1, WordRoles.PairStart);
        Set(Pair(Tokeniser.Hash(word[..cut]), Tokeniser.Hash(second)), type, roles);
    }

    /// <summary>Ends the building.</summary>
    public void Freeze()
    {
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)_building.Count * 4);
        _hashes = new ulong[size];
        _places = new ushort[size];
        foreach (var (hash, place) in _building)
        {
            var i = (int)(hash >> 20) & (size - 1);
            while (_places[i] != 0)
            {
                i = (i + 1) & (size - 1);
            }

            _hashes[i] = hash;
            _places[i] = checked((ushort)place);
        }

        _frozen = [.. _entries];
    }

    void Set(ulong hash, int type, WordRoles roles)
    {
        if (!_building.TryGetValue(hash, out var place))
        {
            place = _entries.Count;
            _entries.Add((0, WordRoles.None));
            _building[hash] = place;
        }

        var (types, known) = _entries[place];
        _entries[place] = (types | (type < 0 ? 0 : UInt128.One << type), known | roles);
    }
}
