namespace Amnion.Guard.Output.Secrets;

/// <summary>A set of ASCII characters, written like a character class without brackets: "A-Za-z0-9_-".</summary>
readonly struct CharacterSet
{
    readonly UInt128 _bits;

    public CharacterSet(string pattern)
    {
        for (var i = 0; i < pattern.Length; i++)
        {
            var last = i + 2 < pattern.Length && pattern[i + 1] == '-' ? pattern[i + 2] : pattern[i];
            for (var c = pattern[i]; c <= last; c++)
            {
                _bits |= UInt128.One << c;
            }

            i += last == pattern[i] ? 0 : 2;
        }
    }

    /// <summary>Whether every character of the other set is in this one.</summary>
    public bool Includes(CharacterSet other) => (other._bits & ~_bits) == UInt128.Zero;

    public bool Contains(char c) => c < 128 && (_bits >> c & UInt128.One) != UInt128.Zero;
}
