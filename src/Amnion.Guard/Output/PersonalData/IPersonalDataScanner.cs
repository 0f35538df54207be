namespace Amnion.Guard.Output.PersonalData;

/// <summary>Finds personal data in a piece of text: the recognisers of the guard, or a test's.</summary>
public interface IPersonalDataScanner
{
    /// <summary>Everything found, in any order, with spans in <paramref name="text"/>. Linear in its length.</summary>
    IReadOnlyList<GuardFinding> Scan(string text);
}
