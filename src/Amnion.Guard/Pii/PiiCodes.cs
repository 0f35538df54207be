namespace Amnion.Guard.Pii;

/// <summary>Codes of personal-data findings and of the redactor's refusals, as receipts and metrics carry them; docs/diagnostics.md explains each.</summary>
public static class PiiCodes
{
    /// <summary>A number issued by a state: identity, tax, social insurance, passport, driving licence.</summary>
    public const string Government = "AMN-GUARD-0201";

    /// <summary>A payment card, account, routing or bank number.</summary>
    public const string Financial = "AMN-GUARD-0202";

    /// <summary>A patient's, insurant's or clinician's number.</summary>
    public const string Health = "AMN-GUARD-0203";

    /// <summary>A way to reach somebody: telephone, e-mail, web address, account name.</summary>
    public const string Contact = "AMN-GUARD-0204";

    /// <summary>A person's name.</summary>
    public const string Person = "AMN-GUARD-0205";

    /// <summary>A network address or a device's number.</summary>
    public const string Device = "AMN-GUARD-0206";

    /// <summary>A vehicle's number or plate.</summary>
    public const string Vehicle = "AMN-GUARD-0207";

    /// <summary>An address of a crypto-currency.</summary>
    public const string Crypto = "AMN-GUARD-0208";

    /// <summary>A date or an age that tells about a person.</summary>
    public const string Date = "AMN-GUARD-0209";

    /// <summary>A postal address or a part of one.</summary>
    public const string Place = "AMN-GUARD-0210";

    /// <summary>A number of an organisation; often public, sometimes one person's business.</summary>
    public const string Organisation = "AMN-GUARD-0211";

    /// <summary>A password or another access secret after its label.</summary>
    public const string Secret = "AMN-GUARD-0212";

    /// <summary>Something that a tenant's own recogniser found.</summary>
    public const string Custom = "AMN-GUARD-0213";

    /// <summary>A text that looks like one of the vault's surrogates and came from outside; it was replaced so that it cannot be restored as somebody's value.</summary>
    public const string ForeignSurrogate = "AMN-GUARD-0220";

    /// <summary>The session's vault is full; the request is refused, since a value without a surrogate would be lost or leak.</summary>
    public const string VaultFull = "AMN-GUARD-0221";

    /// <summary>A tenant's recogniser is malformed or exceeds a limit; its policy is refused.</summary>
    public const string MalformedRecogniser = "AMN-GUARD-0222";
}
