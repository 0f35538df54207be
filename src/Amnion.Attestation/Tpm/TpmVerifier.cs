using System.Collections.Immutable;
using System.Globalization;
using Amnion.Attestation.Certificates;

namespace Amnion.Attestation.Tpm;

/// <summary>
/// Verifies that quotes were made by a TPM whose attestation key the relying party has a reason to trust, and that the register values are the
/// quoted ones. Knows nothing of Reference Values and event logs.
/// </summary>
public static class TpmVerifier
{
    /// <summary>Banks in the order in which they are preferred: the one that firmware has filled longest first.</summary>
    static readonly int[] s_banks = [TcgHash.Sha256, TcgHash.Sha384, TcgHash.Sha512];

    static readonly int[] s_anyBanks = [.. s_banks, TcgHash.Sha1];

    /// <summary>The rules of one quote of several, by its place.</summary>
    static readonly TpmQuoteRules[] s_rulesOfMany = [.. Enumerable.Range(0, TpmEvidence.MaxQuotes).Select(index => new TpmQuoteRules(string.Create(CultureInfo.InvariantCulture, $"quote {index}: ")))];

    static readonly TpmQuoteRules s_rulesOfOne = new(string.Empty);

    /// <summary>Runs every check and lists all of them; the values are authentic where none rejects.</summary>
    public static ImmutableArray<AttestationCheck> Verify(TpmEvidence evidence, TpmVerification verification)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        ArgumentNullException.ThrowIfNull(verification);
        var checks = new CheckList(verification.MaySkip);
        Verify(evidence, verification, checks);
        return checks.ToImmutable();
    }

    /// <summary>Quote and values that the rest of an appraisal reads: those of the preferred bank; null where there is no bank at all.</summary>
    public static (TpmSignedQuote Quote, TpmPcrValues Values)? Select(TpmEvidence evidence, bool dangerousAllowSha1 = false)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        foreach (var bank in dangerousAllowSha1 ? s_anyBanks : s_banks)
        {
            foreach (var quote in evidence.Quotes)
            {
                if (Selection(quote.Quote, bank) is { Registers.IsEmpty: false } && TpmPcrValues.Find(quote.Values, bank) is { } values)
                {
                    return (quote, values);
                }
            }
        }

        return null;
    }

    static TpmPcrSelection? Selection(TpmQuote quote, int bank)
    {
        foreach (var selection in quote.Selections)
        {
            if (selection.Algorithm == bank)
            {
                return selection;
            }
        }

        return null;
    }

    /// <summary>Runs every check.</summary>
    /// <returns>SHA-256 of the key that vouches for the attestation key: the chain's root key, or the key itself where it is pinned or nothing else stands behind it.</returns>
    internal static Measurement Verify(TpmEvidence evidence, TpmVerification verification, CheckList checks)
    {
        var (key, anchor) = TpmKeyProvenance.Check(evidence, verification, checks);
        var loaded = key is { } info ? KeyCarrier.Key(info, verification.Cache) : null;
        CheckKey(loaded, checks);
        for (var i = 0; i < evidence.Quotes.Length; i++)
        {
            var rules = evidence.Quotes.Length == 1 ? s_rulesOfOne : i < s_rulesOfMany.Length ? s_rulesOfMany[i] : new TpmQuoteRules(string.Create(CultureInfo.InvariantCulture, $"quote {i}: "));
            CheckSignature(evidence, evidence.Quotes[i], rules, loaded, verification, checks);
            CheckValues(evidence.Quotes[i], rules, checks);
        }

        CheckTogether(evidence, checks);
        CheckSelection(evidence, verification, checks);
        if (verification.Nonce is { } nonce)
        {
            var others = evidence.Quotes.Where(quote => !quote.Quote.ExtraData.Span.SequenceEqual(nonce.Span)).Select(quote => Convert.ToHexStringLower(quote.Quote.ExtraData.Span)).ToList();
            checks.Add(TpmRules.Nonce, others, Convert.ToHexStringLower(nonce.Span));
        }

        return anchor;
    }

    static void CheckKey(PublicKey? key, CheckList checks)
    {
        var size = key is null ? "no key that can be used" : string.Create(CultureInfo.InvariantCulture, $"{key.Kind} of {key.Bits} bits");
        checks.Add(TpmRules.KeyType, key is not null && (key.Kind != KeyKind.Rsa || key.Bits >= 2048), "P-256, P-384, P-521, or RSA of 2048 bits or more", size);
    }

    static void CheckSignature(TpmEvidence evidence, TpmSignedQuote signed, TpmQuoteRules rules, PublicKey? key, TpmVerification verification, CheckList checks)
    {
        var signature = signed.Signature;
        var ecdsa = signature.Scheme == TpmAlgorithm.Ecdsa;
        var fits = key is not null && ecdsa == (key.Kind != KeyKind.Rsa) && FitsPublicArea(evidence.AttestationKey, signature);
        var strong = TcgHash.IsStrong(signature.Hash);
        var found = $"{TpmAlgorithm.Name(signature.Scheme)} with {TpmAlgorithm.Name(signature.Hash)}";
        var allowed = fits && !strong && verification.DangerousAllowSha1;
        checks.Add(rules.SignatureAlgorithm, allowed ? CheckOutcome.Skip : fits && strong ? CheckOutcome.Pass : CheckOutcome.Fail, "the key's scheme, with SHA-256 or longer", found, required: !allowed);
        if (key is null || !fits)
        {
            checks.Add(rules.Signature, CheckOutcome.Skip, actual: "not checked: no key that fits");
            return;
        }

        checks.Add(rules.Signature, IsSigned(signed.Quote, signature, key), "a signature of the attestation key");
    }

    /// <summary>A key that its public area binds to a scheme cannot have made a signature of another.</summary>
    static bool FitsPublicArea(TpmPublic? area, TpmSignature signature) =>
        area is null || area.Scheme == TpmAlgorithm.Null || (area.Scheme == signature.Scheme && area.SchemeHash == signature.Hash);

    static bool IsSigned(TpmQuote quote, TpmSignature signature, PublicKey key)
    {
        var hash = TcgHash.Name(signature.Hash)!.Value;
        if (signature.Scheme == TpmAlgorithm.Ecdsa)
        {
            return signature.ToFixed((key.Bits + 7) / 8) is { } fixedField && key.VerifyFixed(quote.Message.Span, fixedField, hash);
        }

        var value = signature.Value;
        if (signature.Scheme == TpmAlgorithm.RsaSsa)
        {
            return key.Verify(quote.Message.Span, value, new SignatureAlgorithm(SignatureScheme.RsaPkcs1, hash));
        }

        // The salt must be as long as the hash, as in a TPM's FIPS mode (Part 1 Annex B.7): the BCL verifies no other.
        return key.Verify(quote.Message.Span, value, new SignatureAlgorithm(SignatureScheme.RsaPss, hash));
    }

    static void CheckValues(TpmSignedQuote signed, TpmQuoteRules rules, CheckList checks)
    {
        checks.Add(rules.UnquotedValues, HasJustTheQuoted(signed) ? null : Unquoted(signed), "a value for every quoted register and for no other");
        var digest = TpmPcrValues.Digest(signed.Quote.Selections, signed.Values, TcgHash.Name(signed.Signature.Hash)!.Value);
        var expected = Convert.ToHexStringLower(signed.Quote.PcrDigest.Span);
        var isDigest = digest is not null && digest.AsSpan().SequenceEqual(signed.Quote.PcrDigest.Span);
        checks.Add(rules.PcrDigest, isDigest, expected, isDigest ? expected : digest is null ? "values are missing" : Convert.ToHexStringLower(digest));
    }

    /// <summary>One bank, and the registers that the quote selects of it: as most Evidence is.</summary>
    static bool HasJustTheQuoted(TpmSignedQuote signed) => signed.Values.Length == 1 && signed.Quote.Selections.Length == 1
        && signed.Values[0].Algorithm == signed.Quote.Selections[0].Algorithm && signed.Values[0].HasJust(signed.Quote.Selections[0].Registers);

    static List<string> Unquoted(TpmSignedQuote signed)
    {
        var problems = new List<string>();
        foreach (var bank in signed.Values)
        {
            var quoted = Selection(signed.Quote, bank.Algorithm)?.Registers ?? [];
            foreach (var index in bank.Indexes)
            {
                if (!quoted.Contains(index))
                {
                    problems.Add(string.Create(CultureInfo.InvariantCulture, $"register {index} of {TpmAlgorithm.Name(bank.Algorithm)} is not quoted"));
                }
            }
        }

        foreach (var (algorithm, registers) in signed.Quote.Selections)
        {
            var bank = TpmPcrValues.Find(signed.Values, algorithm);
            foreach (var index in registers)
            {
                if (bank?.Values.ContainsKey(index) != true)
                {
                    problems.Add(string.Create(CultureInfo.InvariantCulture, $"register {index} of {TpmAlgorithm.Name(algorithm)} is missing"));
                }
            }
        }

        return problems;
    }

    static void CheckTogether(TpmEvidence evidence, CheckList checks)
    {
        var first = evidence.Quotes[0].Quote;
        List<string>? problems = null;
        foreach (var signed in evidence.Quotes.AsSpan(1..))
        {
            var quote = signed.Quote;
            if (!quote.QualifiedSigner.Span.SequenceEqual(first.QualifiedSigner.Span) || quote.ResetCount != first.ResetCount || quote.FirmwareVersion != first.FirmwareVersion || !quote.ExtraData.Span.SequenceEqual(first.ExtraData.Span))
            {
                (problems ??= []).Add("another signer, boot, firmware or nonce");
            }
        }

        var banks = Quoted(evidence);
        for (var i = 0; i < banks.Count; i++)
        {
            if (banks.FindIndex(other => other.Algorithm == banks[i].Algorithm) != i)
            {
                (problems ??= []).Add("a bank quoted twice");
                break;
            }
        }

        checks.Add(TpmRules.QuotesDiffer, problems, "one signer, boot, firmware and nonce, and each bank once");
    }

    static void CheckSelection(TpmEvidence evidence, TpmVerification verification, CheckList checks)
    {
        var banks = Quoted(evidence);
        var strong = banks.Exists(selection => TcgHash.IsStrong(selection.Algorithm));
        var allowed = !strong && banks.Count > 0 && verification.DangerousAllowSha1;
        checks.Add(TpmRules.Bank, strong ? CheckOutcome.Pass : allowed ? CheckOutcome.Skip : CheckOutcome.Fail, "SHA-256, SHA-384 or SHA-512", string.Join(", ", banks.Select(bank => TpmAlgorithm.Name(bank.Algorithm))), required: !allowed);
        TpmPcrSelection? selected = null;
        foreach (var bank in s_anyBanks)
        {
            selected ??= banks.Find(selection => selection.Algorithm == bank);
        }

        var covered = selected?.Registers ?? [];
        var fits = covered.Length > 0 && (verification.Registers is not { } required
            || (required.All(index => covered.AsSpan().Contains(index)) && (verification.AllowFurtherRegisters || covered.Length == required.Count)));
        checks.Add(TpmRules.Selection, fits, verification.Registers is null ? "any register" : (verification.AllowFurtherRegisters ? "at least " : string.Empty) + List(verification.Registers), covered.IsEmpty ? "none" : TpmRegisterText.Of(covered.AsSpan()).Spaced);
    }

    /// <summary>Banks of which any register is quoted.</summary>
    static List<TpmPcrSelection> Quoted(TpmEvidence evidence)
    {
        var banks = new List<TpmPcrSelection>();
        foreach (var signed in evidence.Quotes)
        {
            foreach (var selection in signed.Quote.Selections)
            {
                if (!selection.Registers.IsEmpty)
                {
                    banks.Add(selection);
                }
            }
        }

        return banks;
    }

    static string List(ImmutableSortedSet<int> registers) => TpmRegisterText.Of([.. registers]).Spaced;
}
