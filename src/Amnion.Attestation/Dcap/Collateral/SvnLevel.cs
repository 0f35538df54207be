namespace Amnion.Attestation.Dcap.Collateral;

/// <summary>A level of a quoting enclave or a TDX module.</summary>
/// <param name="Svn">Least security version of it.</param>
/// <param name="Status">What Intel says of it.</param>
sealed record SvnLevel(int Svn, LevelStatus Status);
