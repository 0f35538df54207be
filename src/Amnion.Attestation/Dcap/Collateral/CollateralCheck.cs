using System.Collections.Immutable;
using Amnion.Attestation.Certificates;
using Amnion.Attestation.Dcap.Pck;

namespace Amnion.Attestation.Dcap.Collateral;

/// <summary>Verifies TCB info and the quoting enclave's identity, and says what they say of the platform. Only signed and current collateral counts.</summary>
sealed class CollateralCheck(DcapQuote quote, PckChain? chain, IReadOnlyCollection<Certificate> pool, DcapVerification verification, PathContext context, CheckList checks)
{
    CollateralSigner? _verified;
    string? _at;

    bool IsTdx => quote.TdReport is not null;

    public TcbFindings Run()
    {
        var findings = new TcbFindings();
        var info = Read(verification.Endorsements.TcbInfos, TcbInfo.Parse, DcapRules.TcbInfoMalformed, DcapRules.TcbInfoMissing, Fits);
        if (info is not null)
        {
            findings.EvaluationDataNumber = info.EvaluationDataNumber;
            CheckInfo(info);
        }

        var identity = Read(verification.Endorsements.EnclaveIdentities, EnclaveIdentity.Parse, DcapRules.QeIdentityMalformed, DcapRules.QeIdentityMissing, candidate => candidate.Id == QeId);
        if (identity is not null)
        {
            findings.QeEvaluationDataNumber = identity.EvaluationDataNumber;
            CheckIdentity(identity);
            QeIdentityMatch.Check(quote.QeReport, identity, findings, checks);
        }

        if (info is not null && chain?.Extension is { } platform)
        {
            TcbEvaluation.Check(info, platform, quote.TdReport, findings, checks);
        }

        return findings;
    }

    string QeId => IsTdx ? "TD_QE" : "QE";

    bool Fits(TcbInfo info) => info.Id == (IsTdx ? TcbInfoReader.TdxId : TcbInfoReader.SgxId)
        && (chain?.Extension is not { } platform || (info.Fmspc.Span.SequenceEqual(platform.Fmspc.Span) && info.PceId.Span.SequenceEqual(platform.PceId.Span)));

    /// <summary>Reads all that was given and picks what is for this platform, current rather than not, and newest.</summary>
    T? Read<T>(ImmutableArray<ReadOnlyMemory<byte>> given, Func<ReadOnlyMemory<byte>, T> parse, CheckRule malformed, CheckRule missing, Func<T, bool> fits)
        where T : SignedCollateral
    {
        if (given.IsDefaultOrEmpty)
        {
            checks.Skip(missing, "none was given", "one signed by Intel");
            return null;
        }

        var read = new List<T>();
        List<string>? problems = null;
        for (var i = 0; i < given.Length && i < Endorsements.MaxCount; i++)
        {
            try
            {
                read.Add(AppraisalCache.Read(verification.Cache, typeof(T).Name, given[i], parse));
            }
            catch (DcapFormatException exception)
            {
                (problems ??= []).Add(exception.Message);
            }
        }

        checks.Add(malformed, problems, "an answer of Intel's service");
        return read.Count == 1 ? read[0] : read
            .OrderByDescending(fits)
            .ThenByDescending(candidate => candidate.IsCurrent(verification.At))
            .ThenByDescending(candidate => candidate.EvaluationDataNumber)
            .ThenByDescending(candidate => candidate.IssueDate)
            .FirstOrDefault();
    }

    void CheckInfo(TcbInfo info)
    {
        var expected = IsTdx ? "TDX, version 3" : "SGX, version 2 or 3";
        checks.Add(DcapRules.TcbInfoTee, info.Id == (IsTdx ? TcbInfoReader.TdxId : TcbInfoReader.SgxId), expected, info.KindText);
        checks.Add(DcapRules.TcbType, info.TcbType == 0, "0", DcapFields.Number(info.TcbType));
        if (chain?.Extension is { } platform)
        {
            checks.Add(DcapRules.Fmspc, info.Fmspc.Span.SequenceEqual(platform.Fmspc.Span), platform.FmspcText, info.FmspcText);
            checks.Add(DcapRules.PceId, info.PceId.Span.SequenceEqual(platform.PceId.Span), platform.PceIdText, info.PceIdText);
        }
        else
        {
            checks.Add(DcapRules.Fmspc, CheckOutcome.Skip, actual: "not checked: no PCK certificate");
            checks.Add(DcapRules.PceId, CheckOutcome.Skip, actual: "not checked: no PCK certificate");
        }

        CheckSigned(info, IntelProfile.TcbInfo, DcapRules.TcbInfoSignature, DcapRules.TcbInfoNotYetValid, DcapRules.TcbInfoExpired);
    }

    void CheckIdentity(EnclaveIdentity identity)
    {
        checks.Add(DcapRules.QeIdentityId, identity.Id == QeId, QeId, identity.Id.Length <= 16 ? identity.Id : "another");
        checks.Add(DcapRules.QeIdentityVersion, identity.Version == 2, "2", DcapFields.Number(identity.Version));
        CheckSigned(identity, IntelProfile.QeIdentity, DcapRules.QeIdentitySignature, DcapRules.QeIdentityNotYetValid, DcapRules.QeIdentityExpired);
    }

    void CheckSigned(SignedCollateral collateral, IntelChain chain, CheckRule signature, CheckRule notYet, CheckRule expired)
    {
        var signer = CollateralSigner.Of(collateral, pool, verification.At);
        var hasPath = signer?.RootFirst is not null;
        checks.Add(chain.Signer, hasPath, "Intel SGX TCB Signing and its root", signer is null ? "no certificate" : hasPath ? null : "no root");
        checks.Add(signature, signer is null ? CheckOutcome.Skip : signer.HasSigned ? CheckOutcome.Pass : CheckOutcome.Fail, "ECDSA with SHA-256 over the exact bytes", signer is null ? "not checked: no signing certificate" : null);
        _at ??= DcapFields.Time(verification.At);
        checks.Add(notYet, collateral.IssueDate <= verification.At, "issued by " + _at, collateral.IssueText);
        checks.Add(expired, collateral.NextUpdate >= verification.At, "next update not before " + _at, collateral.UpdateText);

        // TCB info and identity are signed by one certificate as a rule; its path needs one verification.
        if (signer?.RootFirst is { } path && _verified?.Leaf != signer.Leaf)
        {
            CertificatePath.Verify(path, chain.Profile, context, checks);
            IntelNames.Check(path, chain, checks);
            _verified = signer;
        }
    }
}
