namespace Amnion.Attestation.Tests.Dcap;

/// <summary>One TCB level of a made-up TCB info.</summary>
/// <param name="Sgx">Leading SGX components; the rest are zero.</param>
/// <param name="Pce">PCE SVN.</param>
/// <param name="Tdx">Leading TDX components; the rest are zero.</param>
/// <param name="Status">Intel's word.</param>
/// <param name="Advisories">Advisories that apply.</param>
sealed record TestLevel(byte[] Sgx, int Pce, byte[] Tdx, string Status, params string[] Advisories);
