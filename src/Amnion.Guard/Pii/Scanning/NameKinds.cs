namespace Amnion.Guard.Pii.Scanning;

/// <summary>What a word is as a name.</summary>
[Flags]
enum NameKinds : byte
{
    None = 0,

    Given = 1,

    Surname = 2,

    /// <summary>Also an ordinary word or a place.</summary>
    Ordinary = 4,
}
