using Amnion.KeyBroker.KeyRelease;
using Amnion.Records;

namespace Amnion.KeyBroker.Tests;

public sealed class ChallengeTests
{
    [Fact]
    public async Task A_challenge_is_good_for_one_request()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Admin.Create(TestBroker.KeyId, TestEnclave.Policy).Dispose();
        using var enclave = new TestEnclave();
        var (challenge, response) = await broker.AskAsync(enclave);
        await TestBroker.ReadKeyAsync(response);

        var again = await broker.PostAsync(challenge, enclave.Answer(challenge, broker.Time.GetUtcNow()));

        await TestBroker.RefusedAsync(again, 409, KeyBrokerCodes.ChallengeUnknown);
        Assert.Equal(KeyBrokerCodes.ChallengeUnknown, broker.Admin.Audit(TestBroker.KeyId).Records[^1].Code);
    }

    [Fact]
    public async Task A_refused_request_uses_its_challenge_up()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Admin.Create(TestBroker.KeyId, TestEnclave.Policy).Dispose();
        using var wrong = new TestEnclave { LoadedManifest = [1] };
        using var right = new TestEnclave();
        var (challenge, response) = await broker.AskAsync(wrong);
        await TestBroker.RefusedAsync(response, 403, KeyBrokerCodes.EvidenceRefused);

        var again = await broker.PostAsync(challenge, right.Answer(challenge, broker.Time.GetUtcNow()));

        await TestBroker.RefusedAsync(again, 409, KeyBrokerCodes.ChallengeUnknown);
    }

    [Fact]
    public async Task The_same_request_sent_many_times_at_once_releases_once()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Admin.Create(TestBroker.KeyId, TestEnclave.Policy).Dispose();
        using var enclave = new TestEnclave();
        var challenge = await broker.ChallengeAsync();
        var body = TestBroker.Body(challenge, enclave.Answer(challenge, broker.Time.GetUtcNow()));

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => broker.PostAsync(body)));

        Assert.Equal([200, .. Enumerable.Repeat(409, 19)], answers.Select(answer => (int)answer.StatusCode).Order());
    }

    [Fact]
    public async Task A_late_answer_is_refused()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Admin.Create(TestBroker.KeyId, TestEnclave.Policy).Dispose();
        using var enclave = new TestEnclave();
        var challenge = await broker.ChallengeAsync();
        broker.Time.Advance(TimeSpan.FromSeconds(60));

        var response = await broker.PostAsync(challenge, enclave.Answer(challenge, broker.Time.GetUtcNow()));

        await TestBroker.RefusedAsync(response, 409, KeyBrokerCodes.ChallengeExpired);
    }

    [Fact]
    public async Task A_challenge_for_another_key_is_refused()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Admin.Create(TestBroker.KeyId, TestEnclave.Policy).Dispose();
        broker.Admin.Create("other", TestEnclave.Policy).Dispose();
        using var enclave = new TestEnclave();
        var challenge = await broker.ChallengeAsync("other");

        var response = await broker.PostAsync(challenge, enclave.Answer(challenge, broker.Time.GetUtcNow()));

        await TestBroker.RefusedAsync(response, 409, KeyBrokerCodes.ChallengeMismatch);
        Assert.Equal(KeyBrokerCodes.ChallengeMismatch, broker.Admin.Audit(TestBroker.KeyId).Records[^1].Code);
    }

    [Fact]
    public async Task A_challenge_for_another_key_does_not_become_this_keys_by_renaming()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Admin.Create(TestBroker.KeyId, TestEnclave.Policy).Dispose();
        broker.Admin.Create("other", TestEnclave.Policy).Dispose();
        using var enclave = new TestEnclave();
        var challenge = (await broker.ChallengeAsync("other")) with { KeyId = TestBroker.KeyId };

        var response = await broker.PostAsync(challenge, enclave.Answer(challenge, broker.Time.GetUtcNow()));

        await TestBroker.RefusedAsync(response, 409, KeyBrokerCodes.ChallengeMismatch);
    }

    [Fact]
    public async Task An_altered_or_foreign_challenge_is_refused()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Admin.Create(TestBroker.KeyId, TestEnclave.Policy).Dispose();
        using var enclave = new TestEnclave();
        foreach (var alter in new Func<ReleaseChallenge, ReleaseChallenge>[]
        {
            challenge => challenge with { KeyId = "other" },
            challenge => challenge with { Broker = "other" },
            challenge => challenge with { Expires = challenge.Expires + 1 },
        })
        {
            var challenge = alter(await broker.ChallengeAsync());
            await TestBroker.RefusedAsync(await broker.PostAsync(challenge, enclave.Answer(challenge, broker.Time.GetUtcNow())), 409, KeyBrokerCodes.ChallengeMismatch);
        }

        var foreign = (await broker.ChallengeAsync()) with { Challenge = [.. new byte[32]] };
        await TestBroker.RefusedAsync(await broker.PostAsync(foreign, enclave.Answer(foreign, broker.Time.GetUtcNow())), 409, KeyBrokerCodes.ChallengeUnknown);
    }

    [Fact]
    public async Task Too_many_outstanding_challenges_are_refused_until_the_old_ones_expire()
    {
        await using var broker = await TestBroker.StartAsync(change: options => new BrokerOptions { Directory = options.Directory, Url = options.Url, Name = options.Name, MaxOutstandingChallenges = 2 });
        broker.Admin.Create(TestBroker.KeyId, TestEnclave.Policy).Dispose();
        await broker.ChallengeAsync();
        await broker.ChallengeAsync();

        var response = await broker.Client.PostAsync($"/v1/keys/{TestBroker.KeyId}/challenge", null);
        await TestBroker.RefusedAsync(response, 429, KeyBrokerCodes.TooManyChallenges);
        Assert.Equal("60", response.Headers.RetryAfter?.ToString());

        broker.Time.Advance(TimeSpan.FromSeconds(60));
        await broker.ChallengeAsync();
    }

    [Fact]
    public async Task Too_many_decisions_in_a_minute_are_refused_and_the_challenge_stays_good()
    {
        await using var broker = await TestBroker.StartAsync(change: options => new BrokerOptions { Directory = options.Directory, Url = options.Url, Name = options.Name, MaxDecisionsPerMinute = 1 });
        broker.Admin.Create(TestBroker.KeyId, TestEnclave.Policy).Dispose();
        using var enclave = new TestEnclave();
        await TestBroker.ReadKeyAsync((await broker.AskAsync(enclave)).Response);
        broker.Time.Advance(TimeSpan.FromSeconds(30));
        var (challenge, second) = await broker.AskAsync(enclave);
        await TestBroker.RefusedAsync(second, 429, KeyBrokerCodes.TooManyRequests);

        broker.Time.Advance(TimeSpan.FromSeconds(31));
        await TestBroker.ReadKeyAsync(await broker.PostAsync(challenge, enclave.Answer(challenge, broker.Time.GetUtcNow())));
    }

    [Fact]
    public async Task Requests_that_answer_no_challenge_do_not_use_up_the_decisions_of_those_that_do()
    {
        await using var broker = await TestBroker.StartAsync(change: options => new BrokerOptions { Directory = options.Directory, Url = options.Url, Name = options.Name, MaxDecisionsPerMinute = 1 });
        broker.Admin.Create(TestBroker.KeyId, TestEnclave.Policy).Dispose();
        using var enclave = new TestEnclave();
        var challenge = await broker.ChallengeAsync();
        var stray = challenge with { Challenge = [.. new byte[32]] };
        await TestBroker.RefusedAsync(await broker.PostAsync(stray, enclave.Answer(stray, broker.Time.GetUtcNow())), 409, KeyBrokerCodes.ChallengeUnknown);
        await TestBroker.RefusedAsync(await broker.PostAsync(stray, enclave.Answer(stray, broker.Time.GetUtcNow())), 429, KeyBrokerCodes.TooManyRequests);

        await TestBroker.ReadKeyAsync(await broker.PostAsync(challenge, enclave.Answer(challenge, broker.Time.GetUtcNow())));
    }

    [Fact]
    public void Asking_for_one_key_takes_the_places_of_that_key_only()
    {
        var book = new ChallengeBook(new ManualTime(), "b", TimeSpan.FromSeconds(60), 10, 3);
        var other = book.Issue("other")!;
        var first = book.Issue("k")!;
        var asked = Enumerable.Range(0, 100).Select(_ => book.Issue("k")!).ToArray();

        Assert.Equal(4, book.Outstanding);
        Assert.Equal(KeyBrokerCodes.ChallengeUnknown, book.Take(first, "k"));
        Assert.All(asked[..^3], challenge => Assert.False(book.Knows(challenge)));
        Assert.All(asked[^3..], challenge => Assert.Null(book.Take(challenge, "k")));
        Assert.Null(book.Take(other, "other"));
        Assert.Equal(0, book.Outstanding);
    }

    [Fact]
    public async Task One_address_has_its_share_of_requests()
    {
        await using var broker = await TestBroker.StartAsync(change: options => new BrokerOptions { Directory = options.Directory, Url = options.Url, Name = options.Name, MaxRequestsPerMinutePerAddress = 2 });
        broker.Admin.Create(TestBroker.KeyId, TestEnclave.Policy).Dispose();
        await broker.ChallengeAsync();
        await broker.ChallengeAsync();
        await TestBroker.RefusedAsync(await broker.Client.PostAsync($"/v1/keys/{TestBroker.KeyId}/challenge", null), 429, KeyBrokerCodes.TooManyRequests);
    }

    [Fact]
    public void A_clock_that_is_set_back_does_not_make_a_challenge_live_longer()
    {
        var time = new SetBackTime();
        var book = new ChallengeBook(time, "b", TimeSpan.FromSeconds(60), 10, 256);
        var challenge = book.Issue("k")!;
        time.WallClock -= TimeSpan.FromHours(1);
        time.Elapsed = TimeSpan.FromSeconds(61);

        Assert.Equal(0, book.Outstanding);
        Assert.Equal(KeyBrokerCodes.ChallengeExpired, book.Take(challenge, "k"));
    }

    [Fact]
    public void Answered_challenges_take_no_place()
    {
        var book = new ChallengeBook(new ManualTime(), "b", TimeSpan.FromSeconds(60), 1, 256);
        for (var i = 0; i < 10; i++)
        {
            Assert.Null(book.Take(book.Issue("k")!, "k"));
        }

        Assert.Equal(0, book.Outstanding);
    }

    sealed class SetBackTime : TimeProvider
    {
        public DateTimeOffset WallClock { get; set; } = new(2026, 11, 21, 8, 0, 0, TimeSpan.Zero);

        public TimeSpan Elapsed { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => WallClock;

        public override long GetTimestamp() => Elapsed.Ticks;
    }
}
