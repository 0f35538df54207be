namespace Amnion.Attestation.Nvidia;

/// <summary>The checks on NVIDIA evidence.</summary>
static class NvidiaRules
{
    const string Spdm = "DMTF DSP0274 1.1 §10.11";
    const string Sdk = "NVIDIA attestation SDK, ";
    const string Swid = "TCG PC Client RIM 1.04 §3, ";

    public static readonly CheckRule Report = new(NvidiaCodes.Malformed, "report and chain parse", Spdm);
    public static readonly CheckRule Signature = new(NvidiaCodes.Signature, "the report is signed by the device's key", Spdm + ".1");
    public static readonly CheckRule Request = new(NvidiaCodes.Request, "the request asks for all measurements, signed", Spdm);
    public static readonly CheckRule Slot = new(NvidiaCodes.Slot, "the certificate slot asked for has signed", Spdm);
    public static readonly CheckRule Padding = new(NvidiaCodes.Padding, "nothing stands after the signature", Spdm);
    public static readonly CheckRule OpaqueVersion = new(NvidiaCodes.OpaqueVersion, "the version of the opaque data is known", Sdk + "opaque data");
    public static readonly CheckRule ChainLength = new(NvidiaCodes.ChainLength, "the device chain has five certificates", Sdk + "certificate chain");
    public static readonly CheckRule Architecture = new(NvidiaCodes.Architecture, "the certificate is for this kind of device", Sdk + "architecture check");
    public static readonly CheckRule FirmwareId = new(NvidiaCodes.FirmwareId, "report and certificate name the same firmware", "TCG DICE Attestation Architecture §6.1");
    public static readonly CheckRule Container = new(NvidiaCodes.Container, "the container says the same as the report in it", Sdk + "evidence");
    public static readonly CheckRule Nonce = new(NvidiaCodes.Nonce, "the report carries the relying party's nonce", Spdm, CheckKind.Policy);
    public static readonly CheckRule RimForm = new(NvidiaCodes.RimMalformed, "manifests parse", "ISO/IEC 19770-2:2015");
    public static readonly CheckRule DriverRimMissing = new(NvidiaCodes.DriverRimMissing, "a manifest for the driver was given", Sdk + "driver RIM");
    public static readonly CheckRule VbiosRimMissing = new(NvidiaCodes.VbiosRimMissing, "a manifest for the firmware was given", Sdk + "VBIOS RIM; nvtrust #66, #101, #144, #151");
    public static readonly CheckRule RimDigest = new(NvidiaCodes.RimDigest, "the manifest is the document that was signed", Swid + "XML Signature 1.1 §3.2.1");
    public static readonly CheckRule RimSignature = new(NvidiaCodes.RimSignature, "the manifest is signed by its certificate", Swid + "XML Signature 1.1 §3.2.2");
    public static readonly CheckRule RimVersion = new(NvidiaCodes.RimVersion, "the manifest is for the version in the report", Sdk + "RIM version");
    public static readonly CheckRule RimProduct = new(NvidiaCodes.RimProduct, "the manifest is for this chip", Swid + "product and edition");
    public static readonly CheckRule RimConflict = new(NvidiaCodes.RimConflict, "no slot has values in both manifests", Sdk + "index conflict");
    public static readonly CheckRule Measurement = new(NvidiaCodes.Measurement, "measurements have Reference Values", Sdk + "measurement comparison");
    public static readonly CheckRule MeasurementMissing = new(NvidiaCodes.MeasurementMissing, "every slot with Reference Values is measured", Sdk + "measurement comparison");
    public static readonly CheckRule MeasurementAfterRestart = new(NvidiaCodes.MeasurementAfterRestart, "slot 9 has a Reference Value; reset the GPU after a restart of the guest", "nvtrust #90, #132");
    public static readonly CheckRule MeasurementAfterModeChange = new(NvidiaCodes.MeasurementAfterModeChange, "slot 52 has a Reference Value; reset the GPU after a change of its mode", "attestation-sdk #31");
    public static readonly CheckRule VideoDecoder = new(NvidiaCodes.VideoDecoder, "the report says whether slot 35 is in use", Sdk + "NVDEC0 status");
    public static readonly CheckRule Unreferenced = new(NvidiaCodes.Unreferenced, "every measured slot has Reference Values", "RFC 9334 §8.3");
    public static readonly CheckRule Debug = new(NvidiaCodes.Debug, "debugging is shown to be off", "RFC 9711 §4.2.9 (dbgstat)", CheckKind.Policy);
    public static readonly CheckRule SecureBoot = new(NvidiaCodes.SecureBoot, "secure boot is shown", "RFC 9711 §4.2.8 (oemboot); NVIDIA claim secboot", CheckKind.Policy);
    public static readonly CheckRule ResultIsNoEvidence = new(NvidiaCodes.ResultIsNoEvidence, "what was given is Evidence", "RFC 9334 §4.2");
}
