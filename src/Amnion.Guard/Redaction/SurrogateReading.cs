namespace Amnion.Guard.Redaction;

/// <summary>What stands where a surrogate could begin.</summary>
enum SurrogateReading
{
    /// <summary>No surrogate.</summary>
    None,

    /// <summary>A surrogate.</summary>
    Whole,

    /// <summary>What could become one with more text.</summary>
    Unfinished,
}
