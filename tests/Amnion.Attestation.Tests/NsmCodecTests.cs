using Amnion.Attestation.Nitro;

namespace Amnion.Attestation.Tests;

/// <summary>
/// The NSM protocol byte by byte. Expected bytes follow serde's encoding of aws-nitro-enclaves-nsm-api's enums; those of QEMU's
/// virtio-nsm differ in member order only, which reading does not mind.
/// </summary>
public sealed class NsmCodecTests
{
    public static NsmRequest[] Requests { get; } =
    [
        new NsmRequest.DescribeNsm(),
        new NsmRequest.GetRandom(),
        new NsmRequest.DescribePcr(3),
        new NsmRequest.ExtendPcr(16, "abc"u8.ToArray()),
        new NsmRequest.LockPcr(300),
        new NsmRequest.LockPcrs(24),
        new NsmRequest.Attestation(null, null, null),
        new NsmRequest.Attestation(new byte[] { 1 }, new byte[] { 2, 3 }, null),
    ];

    public static NsmResponse[] Responses { get; } =
    [
        new NsmResponse.DescribeNsm(1, 0, 0, "i-1234-enc5678", 32, [0, 1, 15, 24], "SHA384"),
        new NsmResponse.DescribePcr(true, TestChain.Register(1)),
        new NsmResponse.ExtendPcr(TestChain.Register(2)),
        new NsmResponse.LockPcr(),
        new NsmResponse.LockPcrs(),
        new NsmResponse.Attestation(new byte[] { 0x84 }),
        new NsmResponse.GetRandom(new byte[256]),
        new NsmResponse.Error(NsmErrorCode.ReadOnlyIndex),
    ];

    static string Text(string value) => Convert.ToHexStringLower([(byte)(0x60 + value.Length), .. System.Text.Encoding.ASCII.GetBytes(value)]);

    public static TheoryData<int, string> RequestBytes => new()
    {
        { 0, Text("DescribeNSM") },
        { 1, Text("GetRandom") },
        { 2, "a1" + Text("DescribePCR") + "a1" + Text("index") + "03" },
        { 3, "a1" + Text("ExtendPCR") + "a2" + Text("index") + "10" + Text("data") + "43616263" },
        { 4, "a1" + Text("LockPCR") + "a1" + Text("index") + "19012c" },
        { 5, "a1" + Text("LockPCRs") + "a1" + Text("range") + "1818" },
        { 6, "a1" + Text("Attestation") + "a3" + Text("user_data") + "f6" + Text("nonce") + "f6" + Text("public_key") + "f6" },
        { 7, "a1" + Text("Attestation") + "a3" + Text("user_data") + "4101" + Text("nonce") + "420203" + Text("public_key") + "f6" },
    };

    [Theory]
    [MemberData(nameof(RequestBytes))]
    public void Requests_have_the_devices_bytes(int index, string hex)
    {
        Assert.Equal(hex, Convert.ToHexStringLower(Requests[index].Encode()));
        Assert.Equal(hex, Convert.ToHexStringLower(NsmRequest.Parse(Convert.FromHexString(hex)).Encode()));
    }

    [Fact]
    public void Responses_have_the_devices_bytes()
    {
        Assert.Equal(Text("LockPCR"), Convert.ToHexStringLower(new NsmResponse.LockPcr().Encode()));
        Assert.Equal("a1" + Text("Error") + Text("ReadOnlyIndex"), Convert.ToHexStringLower(new NsmResponse.Error(NsmErrorCode.ReadOnlyIndex).Encode()));
        Assert.Equal("a1" + Text("ExtendPCR") + "a1" + Text("data") + "5830" + TestChain.Register(2), Convert.ToHexStringLower(new NsmResponse.ExtendPcr(TestChain.Register(2)).Encode()));
        Assert.All(Responses, response => Assert.Equal(response.Encode(), NsmResponse.Parse(response.Encode()).Encode()));
    }

    [Fact]
    public void Reads_the_member_order_of_qemu()
    {
        var description = "a1" + Text("DescribeNSM") + "a7" + Text("digest") + Text("SHA384") + Text("max_pcrs") + "1820" + Text("module_id") + Text("i-234-enc5678")
            + Text("locked_pcrs") + "83000118" + "18" + Text("version_major") + "01" + Text("version_minor") + "00" + Text("version_patch") + "00";
        var nsm = Assert.IsType<NsmResponse.DescribeNsm>(NsmResponse.Parse(Convert.FromHexString(description)));
        Assert.Equal("i-234-enc5678", nsm.ModuleId);
        Assert.Equal([0, 1, 24], nsm.LockedPcrs);
        Assert.Equal(32, nsm.MaxPcrs);
        var register = "a1" + Text("DescribePCR") + "a2" + Text("data") + "5830" + TestChain.Register(1) + Text("lock") + "f5";
        Assert.Equal(new NsmResponse.DescribePcr(true, TestChain.Register(1)), NsmResponse.Parse(Convert.FromHexString(register)));
    }

    [Theory]
    [InlineData(NsmErrorCode.Success)]
    [InlineData(NsmErrorCode.InvalidArgument)]
    [InlineData(NsmErrorCode.InvalidIndex)]
    [InlineData(NsmErrorCode.InvalidResponse)]
    [InlineData(NsmErrorCode.ReadOnlyIndex)]
    [InlineData(NsmErrorCode.InvalidOperation)]
    [InlineData(NsmErrorCode.BufferTooSmall)]
    [InlineData(NsmErrorCode.InputTooLarge)]
    [InlineData(NsmErrorCode.InternalError)]
    public void Every_error_keeps_its_name(NsmErrorCode code) =>
        Assert.Equal(new NsmResponse.Error(code), NsmResponse.Parse(new NsmResponse.Error(code).Encode()));

    [Fact]
    public void An_attestation_request_may_leave_members_out()
    {
        var request = Assert.IsType<NsmRequest.Attestation>(NsmRequest.Parse(Convert.FromHexString("a1" + Text("Attestation") + "a0")));
        Assert.Null(request.UserData);
        Assert.Null(request.Nonce);
        Assert.Null(request.PublicKey);
    }

    public static TheoryData<string, string> WrongRequests => new()
    {
        { "", "message" },
        { "a0", "message" },
        { Text("Describe"), "Describe" },
        { Text("DescribePCR"), "DescribePCR" },
        { "a1" + Text("GetRandom") + "a0", "GetRandom" },
        { Text("GetRandom") + "00", "GetRandom" },
        { "a1" + Text("DescribePCR") + "a0", "DescribePCR" },
        { "a1" + Text("DescribePCR") + "a1" + Text("index") + "1a00010000", "DescribePCR.index" },
        { "a1" + Text("DescribePCR") + "a1" + Text("index") + "1803", "DescribePCR.index" },
        { "a1" + Text("DescribePCR") + "a1" + Text("index") + "20", "DescribePCR.index" },
        { "a1" + Text("DescribePCR") + "a2" + Text("index") + "03" + Text("index") + "04", "DescribePCR.index" },
        { "a1" + Text("DescribePCR") + "a2" + Text("index") + "03" + Text("other") + "04", "DescribePCR.other" },
        { "a1" + Text("ExtendPCR") + "a1" + Text("index") + "03", "ExtendPCR" },
        { "a1" + Text("ExtendPCR") + "a2" + Text("index") + "03" + Text("data") + "63616263", "ExtendPCR.data" },
        { "bf" + Text("LockPCR") + "a1" + Text("index") + "03ff", "message" },
        { "a1" + Text("Attestation") + "a1" + Text("nonce") + "590201", "Attestation.nonce" },
    };

    [Theory]
    [MemberData(nameof(WrongRequests))]
    public void Refuses_other_requests_and_names_the_member(string hex, string field) =>
        Assert.Equal(field, Assert.Throws<NsmFormatException>(() => NsmRequest.Parse(Convert.FromHexString(hex))).Field);

    [Fact]
    public void Refuses_messages_beyond_the_devices_buffers()
    {
        Assert.Throws<NsmFormatException>(() => NsmRequest.Parse(new byte[NsmRequest.MaxLength + 1]));
        Assert.Throws<NsmFormatException>(() => NsmResponse.Parse(new byte[NsmResponse.MaxLength + 1]));
    }

    [Fact]
    public void Refuses_responses_with_wrong_content()
    {
        string[] wrong =
        [
            "a1" + Text("Error") + Text("Other"),
            "a1" + Text("ExtendPCR") + "a1" + Text("data") + "4100",
            "a1" + Text("DescribePCR") + "a1" + Text("lock") + "f5",
            "a1" + Text("GetRandom") + "a1" + Text("random") + "40",
            Text("Attestation"),
        ];
        Assert.All(wrong, hex => Assert.Throws<NsmFormatException>(() => NsmResponse.Parse(Convert.FromHexString(hex))));
    }
}
