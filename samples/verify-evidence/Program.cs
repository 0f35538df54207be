using Amnion.Attestation;

// verify-evidence PLATFORM FOLDER TIME NONCE-OR-REPORT-DATA: offline; every failed check is printed, and 10 is the exit code of a refusal.
var (platform, folder, now, data) = (args[0], args[1], DateTimeOffset.Parse(args[2], System.Globalization.CultureInfo.InvariantCulture), Convert.FromHexString(args[3]));
var result = platform switch
{
    AttestationPlatform.Snp => Snp.Verify(folder, data, now),
    AttestationPlatform.Tdx or AttestationPlatform.Sgx => Quote.Verify(platform, folder, data, now),
    AttestationPlatform.Nitro => Nitro.Verify(folder, data, null, now),
    AttestationPlatform.Tpm => Tpm.Verify(folder, data, now),
    AttestationPlatform.Nvidia => Nvidia.Verify(folder, data, now),
    _ => throw new NotSupportedException($"no sample for {platform}"),
};
Console.WriteLine(result.Accepted ? $"accepted: {result.Claims!.AttesterId}" : "refused");
foreach (var check in result.Failures)
{
    Console.WriteLine($"{check.Code} {check.Name}: expected {check.Expected}, found {check.Actual}");
}

return result.Accepted ? 0 : 10;
