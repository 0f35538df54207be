namespace Amnion.Attestation.Tokens;

/// <summary>What common claims say, in words.</summary>
static class TokenMeaning
{
    /// <summary>By the last part of the name; empty for claims that only their issuer can explain.</summary>
    public static string Of(string name) => name[(name.LastIndexOf('.') + 1)..] switch
    {
        "iss" => "who issued the token",
        "iat" => "when the token was issued, seconds since 1970",
        "exp" => "when the token expires, seconds since 1970",
        "nbf" => "when the token becomes valid, seconds since 1970",
        "eat_nonce" => "the relying party's nonce",
        "eat_profile" => "the profile the claims follow",
        "dbgstat" => "whether debugging is possible",
        "secboot" => "whether the device booted securely",
        "measres" => "whether measurements equal the reference values",
        "hwmodel" => "model of the hardware",
        "oemid" => "manufacturer",
        "ueid" => "identifier of the device",
        "swname" => "name of the software",
        "status" or "ear_status" => "tier: none, affirming, warning or contraindicated",
        "instance-identity" => "whether the attester was recognised (AR4SI)",
        "configuration" => "whether it is set up as it should be (AR4SI)",
        "executables" => "whether known code was loaded (AR4SI)",
        "file-system" => "whether its files are known (AR4SI)",
        "hardware" => "whether hardware and firmware are genuine (AR4SI)",
        "runtime-opaque" => "whether its memory is closed to the outside (AR4SI)",
        "storage-opaque" => "whether what it stores is closed to the outside (AR4SI)",
        "sourced-data" => "whether what it was fed with is trusted (AR4SI)",
        _ => string.Empty,
    };
}
