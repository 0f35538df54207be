using System.Buffers.Text;
using System.Security.Cryptography;
using Amnion.Records;

namespace Amnion.KeyBroker.KeyRelease;

/// <summary>
/// The challenges that were issued and not yet answered, in memory only: a restart forgets them and their answers are refused.
/// Full means refuse, never forget.
/// </summary>
sealed class ChallengeBook(TimeProvider time, string broker, TimeSpan lifetime, int capacity)
{
    readonly Lock _gate = new();
    readonly Dictionary<string, LinkedListNode<Issued>> _outstanding = new(StringComparer.Ordinal);
    readonly LinkedList<Issued> _byAge = new();

    /// <summary>Challenges that can still be answered.</summary>
    public int Outstanding
    {
        get
        {
            lock (_gate)
            {
                return _byAge.Count(issued => !IsExpired(issued));
            }
        }
    }

    /// <summary>A fresh challenge for one key; null where too many are outstanding.</summary>
    public ReleaseChallenge? Issue(string keyId)
    {
        var challenge = new ReleaseChallenge
        {
            Challenge = [.. RandomNumberGenerator.GetBytes(32)],
            KeyId = keyId,
            Broker = broker,
            Expires = (time.GetUtcNow() + lifetime).ToUnixTimeMilliseconds(),
        };
        lock (_gate)
        {
            // All live equally long, so the expired ones are at the front. They stay until their place is needed, so that a late
            // answer is told that it is late.
            while (_outstanding.Count >= capacity && _byAge.First is { } oldest && IsExpired(oldest.Value))
            {
                Remove(oldest);
            }

            if (_outstanding.Count >= capacity)
            {
                return null;
            }

            _outstanding.Add(NameOf(challenge), _byAge.AddLast(new Issued(challenge, time.GetTimestamp())));
            return challenge;
        }
    }

    /// <summary>Uses up the challenge, whatever the answer; null where it may be decided on, otherwise the code of the refusal.</summary>
    public string? Take(ReleaseChallenge presented, string keyId)
    {
        Issued issued;
        lock (_gate)
        {
            if (!_outstanding.TryGetValue(NameOf(presented), out var node))
            {
                return KeyBrokerCodes.ChallengeUnknown;
            }

            issued = node.Value;
            Remove(node);
        }

        if (IsExpired(issued))
        {
            return KeyBrokerCodes.ChallengeExpired;
        }

        return issued.Challenge.KeyId == keyId && presented.KeyId == keyId && presented.Broker == broker && presented.Expires == issued.Challenge.Expires
            ? null
            : KeyBrokerCodes.ChallengeMismatch;
    }

    static string NameOf(ReleaseChallenge challenge) => Base64Url.EncodeToString(challenge.Challenge.AsSpan());

    // The monotonic clock cannot be set back; the wall clock is what the challenge itself promises. Either one ends it.
    bool IsExpired(Issued issued) =>
        time.GetElapsedTime(issued.Timestamp) >= lifetime || time.GetUtcNow().ToUnixTimeMilliseconds() >= issued.Challenge.Expires;

    void Remove(LinkedListNode<Issued> node)
    {
        _outstanding.Remove(NameOf(node.Value.Challenge));
        _byAge.Remove(node);
    }

    readonly record struct Issued(ReleaseChallenge Challenge, long Timestamp);
}
