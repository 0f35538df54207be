namespace Amnion.Guard.Pii.Scanning;

/// <summary>What a word means to the recognisers, apart from speaking for a type.</summary>
[Flags]
enum WordRoles : ushort
{
    None = 0,

    /// <summary>Says that the number after it is of another kind: an order, a part, a build.</summary>
    Against = 1,

    /// <summary>A form of address before a name: Mr, Frau, Dr.</summary>
    Title = 2,

    /// <summary>A label or phrase after which a name stands: "Name:", "Patient".</summary>
    NameCue = 4,

    /// <summary>A word of streets: Street, Rd, rue, Calle.</summary>
    Street = 8,

    /// <summary>A month's name or its short form.</summary>
    Month = 16,

    /// <summary>An ordinary word that is no name though it begins with a capital.</summary>
    Ordinary = 32,

    /// <summary>The first of two words that make a context word.</summary>
    PairStart = 64,

    /// <summary>A label after which a password stands.</summary>
    SecretCue = 128,

    /// <summary>An organisation's word: Inc, GmbH, University. What stands before it is no person.</summary>
    Organisation = 256,

    /// <summary>A small word inside names: van, de, von, bin.</summary>
    Particle = 512,

    /// <summary>A US state's letters or name.</summary>
    State = 1024,
}
