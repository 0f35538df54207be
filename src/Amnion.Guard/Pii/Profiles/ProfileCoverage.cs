namespace Amnion.Guard.Pii.Profiles;

/// <summary>How far a profile's item is met.</summary>
public enum ProfileCoverage
{
    /// <summary>Recognisers with a structure or check digits find it.</summary>
    Recognised,

    /// <summary>It is found where context or a list gives it away, and missed otherwise.</summary>
    Partly,

    /// <summary>It is not found in text, and nothing is claimed.</summary>
    NotClaimed,
}
