using System.Buffers.Text;
using System.Security.Cryptography;
using Amnion.Records;

namespace Amnion.KeyBroker.KeyRelease;

/// <summary>
/// The challenges that were issued and not yet answered, in memory only: a restart forgets them and their answers are refused.
/// A full book refuses. One key's share of it being full forgets that key's oldest instead: who asks and asks takes the places of one key
/// only, and an enclave that answers at once is not kept out. What was forgotten is refused like any that was never issued.
/// </summary>
sealed class ChallengeBook(TimeProvider time, string broker, TimeSpan lifetime, int capacity, int share)
{
    readonly Lock _gate = new();
    readonly Dictionary<string, LinkedListNode<Issued>> _outstanding = new(StringComparer.Ordinal);
    readonly LinkedList<Issued> _byAge = new();
    readonly Dictionary<string, int> _ofKey = new(StringComparer.Ordinal);

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

            if (_ofKey.GetValueOrDefault(keyId) >= share)
            {
                Remove(OldestOf(keyId));
            }

            if (_outstanding.Count >= capacity)
            {
                return null;
            }

            _ofKey[keyId] = _ofKey.GetValueOrDefault(keyId) + 1;
            _outstanding.Add(NameOf(challenge), _byAge.AddLast(new Issued(challenge, time.GetTimestamp())));
            return challenge;
        }
    }

    /// <summary>True where the challenge was issued here and is not used up yet.</summary>
    public bool Knows(ReleaseChallenge presented)
    {
        lock (_gate)
        {
            return _outstanding.ContainsKey(NameOf(presented));
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
        var keyId = node.Value.Challenge.KeyId;
        if (--_ofKey[keyId] == 0)
        {
            _ofKey.Remove(keyId);
        }
    }

    LinkedListNode<Issued> OldestOf(string keyId)
    {
        var node = _byAge.First!;
        while (node.Value.Challenge.KeyId != keyId)
        {
            node = node.Next!;
        }

        return node;
    }

    readonly record struct Issued(ReleaseChallenge Challenge, long Timestamp);
}
