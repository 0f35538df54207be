using Amnion.KeyBroker.Audit;
using Amnion.KeyBroker.KeyRelease;
using Microsoft.Extensions.Logging.Abstractions;

namespace Amnion.KeyBroker.Tests;

/// <summary>What the administrator does while a request is being decided.</summary>
public sealed class DecisionRaceTests
{
    [Fact]
    public void A_policy_granted_meanwhile_is_not_passed_by() =>
        Decide(store => store.Grant("k", TestEnclave.Policy with { MaxAge = TimeSpan.FromSeconds(1) }), 409, KeyBrokerCodes.KeyChanged);

    [Fact]
    public void A_key_revoked_meanwhile_is_not_released() => Decide(store => store.Revoke("k"), 410, KeyBrokerCodes.KeyRevoked);

    static void Decide(Action<KeyStore> meanwhile, int status, string code)
    {
        using var folder = new TestFolder();
        using var store = folder.Open();
        using var admin = folder.Open();
        store.Create("k", TestEnclave.Policy).Dispose();
        var time = new InterruptedTime();
        var book = new ChallengeBook(time, "b", TimeSpan.FromSeconds(60), 10, 256);
        var releaser = new KeyReleaser(store, book, new DecisionBudget(time, 10), new DecisionBudget(time, 10), time, NullLogger.Instance, _ => { });
        using var enclave = new TestEnclave();
        var challenge = book.Issue("k")!;
        var body = TestBroker.Body(challenge, enclave.Answer(challenge, time.GetUtcNow()));

        // The time is asked for after the key's row was read and before the key is opened.
        time.Interrupt = () => meanwhile(admin);
        var refused = Assert.IsType<ReleaseAnswer.Refused>(releaser.Release("k", body));

        Assert.Equal((status, code), (refused.Refusal.Status, refused.Refusal.Code));
        Assert.DoesNotContain(store.Audit().Records, record => record.Decision == AuditDecision.Released);
        Assert.Equal(code, store.Audit().Records[^1].Code);
    }

    sealed class InterruptedTime : TimeProvider
    {
        public Action? Interrupt { get; set; }

        public override DateTimeOffset GetUtcNow()
        {
            var interrupt = Interrupt;
            Interrupt = null;
            interrupt?.Invoke();
            return new DateTimeOffset(2026, 11, 21, 8, 0, 0, TimeSpan.Zero);
        }
    }
}
