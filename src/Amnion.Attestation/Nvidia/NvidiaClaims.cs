using System.Collections.Immutable;
using System.Globalization;

namespace Amnion.Attestation.Nvidia;

/// <summary>The claims of NVIDIA's remote attestation service (version 3), worked out from our own checks. A claim follows checks; it never replaces one.</summary>
sealed class NvidiaClaims
{
    readonly ImmutableArray<EvidenceField>.Builder _fields = ImmutableArray.CreateBuilder<EvidenceField>();
    readonly ImmutableArray<AttestationCheck> _checks;

    NvidiaClaims(ImmutableArray<AttestationCheck> checks) => _checks = checks;

    public static ImmutableArray<EvidenceField> Of(NvidiaEvidence evidence, NvidiaRimSelection rims, NvidiaComparison comparison, ImmutableArray<AttestationCheck> checks)
    {
        var claims = new NvidiaClaims(checks);
        claims.AddDevice(evidence, rims, comparison);
        var isGpu = evidence.Report.Kind == NvidiaDeviceKind.Gpu;
        var prefix = isGpu ? "x-nvidia-gpu-" : "x-nvidia-switch-";
        claims.AddReport(prefix, evidence);
        if (isGpu)
        {
            claims.Add(prefix + "driver-version", evidence.Report.DriverVersion, "version of the driver");
            claims.AddRim(prefix + "driver-rim-", "driver manifest", rims.Driver);
        }

        claims.Add(prefix + (isGpu ? "vbios-version" : "bios-version"), evidence.Report.VbiosVersion, "version of the firmware");
        claims.AddRim(prefix + (isGpu ? "vbios-rim-" : "bios-rim-"), "VBIOS manifest", rims.Vbios);
        if (isGpu)
        {
            claims.Add(prefix + "vbios-index-no-conflict", comparison.NoConflict, "no slot has values in both manifests");
            claims.Add(prefix + "mode", evidence.Report.Mode, "confidential computing mode");
        }

        return claims._fields.ToImmutable();
    }

    void AddDevice(NvidiaEvidence evidence, NvidiaRimSelection rims, NvidiaComparison comparison)
    {
        Add("measres", comparison.Matches switch { true => "success", false => "fail", _ => "absent" }, "result of the comparison with the manifests");
        if (Passed(NvidiaCodes.SecureBoot))
        {
            Add("secboot", "true", "measurements are those of production firmware");
        }

        if (Passed(NvidiaCodes.Debug))
        {
            Add("dbgstat", "disabled", "measurements are those of firmware without debugging");
        }

        Add("eat_nonce", Convert.ToHexStringLower(evidence.Report.Nonce.Span), "the relying party's nonce");
        Add("hwmodel", evidence.Chain.HardwareModel, "chip and boot ROM, from the certificate");
        Add("ueid", evidence.Chain.Ueid, "serial number of the certificate that signs reports; changes with the firmware");
        Add("oemid", (rims.Driver ?? rims.Vbios)?.ManufacturerId, "the manufacturer's enterprise number");
        Add("x-nvidia-device-type", evidence.Report.Kind == NvidiaDeviceKind.Gpu ? "gpu" : "nvswitch", "kind of device");
        Add("x-nvidia-mismatch-measurement-records", comparison.Mismatches.IsEmpty ? null : string.Join(",", comparison.Mismatches), "slots that differ");
    }

    void AddReport(string prefix, NvidiaEvidence evidence)
    {
        Add(prefix + "arch-check", Passed(NvidiaCodes.Architecture), "the certificate is for this kind of device");
        Add(prefix + "attestation-report-parsed", true, "the report parses");
        Add(prefix + "attestation-report-signature-verified", Passed(NvidiaCodes.Signature), "the report is signed by the device");
        if (!Skipped(NvidiaCodes.Nonce))
        {
            Add(prefix + "attestation-report-nonce-match", Passed(NvidiaCodes.Nonce), "the report carries the relying party's nonce");
        }

        Add(prefix + "attestation-report-cert-chain-fwid-match", Passed(NvidiaCodes.FirmwareId), "report and certificate name the same firmware");
        AddChain(prefix + "attestation-report-cert-chain", "device chain", evidence.Chain);
    }

    void AddRim(string prefix, string name, NvidiaRim? rim)
    {
        Add(prefix + "fetched", rim is not null, "a manifest was given");
        Add(prefix + "measurements-available", rim is not null, "the manifest has values");
        if (rim is null)
        {
            return;
        }

        Add(prefix + "schema-validated", true, "the manifest is of NVIDIA's profile");
        Add(prefix + "signature-verified", Passed(NvidiaCodes.RimDigest, name) && Passed(NvidiaCodes.RimSignature, name), "the manifest is signed");
        Add(prefix + "version-match", Passed(NvidiaCodes.RimVersion, name), "the manifest is for the version in the report");
        AddChain(prefix + "cert-chain", name + " chain", rim.Chain);
    }

    void AddChain(string prefix, string name, NvidiaChain chain)
    {
        var own = _checks.Where(check => check.Name.StartsWith(name + ": ", StringComparison.Ordinal)).ToList();
        var revoked = Failed(OcspCodes.Revoked) || Failed(OcspCodes.OnHold) || Failed(PathCodes.Revoked) || Failed(PathCodes.RevokedByIssuer);
        var broken = own.Exists(check => check.Outcome != CheckOutcome.Pass && check.Required && check.Code.StartsWith("AMN-X509-", StringComparison.Ordinal) && check.Code != PathCodes.Expired);
        Add(prefix + ".x-nvidia-cert-status", revoked ? "revoked" : broken ? "invalid" : Failed(PathCodes.Expired) ? "expired" : "valid", "state of the certificates");
        Add(prefix + ".x-nvidia-cert-expiration-date", NvidiaFields.Time(chain.ValidUntil), "when the first of the certificates expires");
        var missing = own.Exists(check => check.Code == OcspCodes.Missing && check.Outcome != CheckOutcome.Pass);
        var valid = !missing && !Failed(OcspCodes.ResponderNotAuthorized) && !Failed(OcspCodes.Signature) && !Failed(OcspCodes.NotCurrent) && !Failed(OcspCodes.CriticalExtension);
        Add(prefix + ".x-nvidia-cert-ocsp-status", revoked ? "revoked" : valid && !Failed(OcspCodes.Unknown) ? "good" : "unknown", "what the responders say");
        Add(prefix + ".x-nvidia-cert-ocsp-response-valid", valid, "every answer is authentic and current");
        Add(prefix + ".x-nvidia-cert-ocsp-nonce-matches", own.Exists(check => check.Code == OcspCodes.Nonce && check.Outcome == CheckOutcome.Pass), "the answers carry the relying party's nonce");

        bool Failed(string code) => own.Exists(check => check.Code == code && check.Outcome == CheckOutcome.Fail);
    }

    bool Passed(string code, string? name = null)
    {
        var found = _checks.Where(check => check.Code == code && (name is null || check.Name.StartsWith(name + ": ", StringComparison.Ordinal))).ToList();
        return found.Count > 0 && found.TrueForAll(check => check.Outcome == CheckOutcome.Pass);
    }

    bool Skipped(string code) => _checks.Any(check => check.Code == code && check.Outcome == CheckOutcome.Skip);

    void Add(string name, bool value, string meaning) => Add(name, value ? "true" : "false", meaning);

    void Add(string name, string? value, string meaning)
    {
        if (value is not null)
        {
            _fields.Add(new EvidenceField(name, value.ToString(CultureInfo.InvariantCulture), meaning));
        }
    }
}
