namespace Amnion.Attestation.Sigstore;

/// <summary>When the trusted root vouches for a key or authority: a closed interval, open at the end where none is given.</summary>
readonly record struct ValidityPeriod(DateTimeOffset Start, DateTimeOffset? End)
{
    public bool Contains(DateTimeOffset time) => Start <= time && (End is not { } end || time <= end);

    public override string ToString() => $"{SigstoreJson.Show(Start)} to {(End is { } end ? SigstoreJson.Show(end) : "now")}";
}
