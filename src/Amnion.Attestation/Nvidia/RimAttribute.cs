namespace Amnion.Attestation.Nvidia;

/// <summary>An attribute that is no namespace declaration.</summary>
sealed record RimAttribute(string Prefix, string LocalName, string Namespace, string Value);
