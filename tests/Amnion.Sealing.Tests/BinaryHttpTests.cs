using System.Collections.Immutable;
using System.Text;
using Amnion.Testing;

namespace Amnion.Sealing.Tests;

public sealed class BinaryHttpTests
{
    static readonly BinaryHttpRequest s_request = new()
    {
        Method = "POST",
        Authority = "enclave",
        Path = "/v1/chat/completions?x=1",
        Headers = [("content-type", "application/json"), ("authorization", "Bearer k\u00e9y")],
        Content = "{\"model\":\"m\"}"u8.ToArray(),
        Trailers = [("digest", "abc")],
    };

    static byte[] Example(string name) => Convert.FromHexString(Vectors.Single("bhttp-rfc9292", "examples.json").GetProperty("values_hex").GetProperty(name).GetString()!);

    [Fact]
    public void Published_request_is_read_and_written()
    {
        var encoded = Example("request_known");
        var request = BinaryHttpRequest.Parse(encoded);
        Assert.Equal(("GET", "https", "", "/hello.txt"), (request.Method, request.Scheme, request.Authority, request.Path));
        Assert.Equal(
            [new("user-agent", "curl/7.16.3 libcurl/7.16.3 OpenSSL/0.9.7l zlib/1.2.3"), new("host", "www.example.com"), new("accept-language", "en, mi")],
            request.Headers);
        Assert.True(request.Content.IsEmpty);
        Assert.Empty(request.Trailers);
        Assert.Equal("www.example.com", request.FindHeader("host"));
        Assert.Null(request.FindHeader("cookie"));
        Assert.Equal(encoded, request.Encode());

        // RFC 9292 §5.1: the last two bytes may each be left out, and the indeterminate form means the same.
        Assert.Equal(encoded, BinaryHttpRequest.Parse(encoded.AsSpan(..^1)).Encode());
        Assert.Equal(encoded, BinaryHttpRequest.Parse(encoded.AsSpan(..^2)).Encode());
        // Control data takes 22 bytes after the framing, the field section's length 2.
        byte[] lines = [.. encoded.AsSpan(25..^2)];
        byte[] indeterminate = [2, .. encoded.AsSpan(1, 22), .. lines, 0, 0, 0, .. new byte[10]];
        Assert.Equal(encoded, BinaryHttpRequest.Parse(indeterminate).Encode());
        for (var left = 1; left <= 12; left++)
        {
            Assert.Equal(encoded, BinaryHttpRequest.Parse(indeterminate.AsSpan(..^left)).Encode());
        }

        Assert.Throws<BinaryHttpFormatException>(() => BinaryHttpRequest.Parse(indeterminate.AsSpan(..^13)));
    }

    [Fact]
    public void Published_responses_are_read_and_written()
    {
        var known = Example("chunked_known");
        var response = BinaryHttpResponse.Parse(known);
        Assert.Equal(200, response.Status);
        Assert.Equal("This content contains CRLF.\r\n"u8, response.Content.Span);
        Assert.Equal([new HttpField("trailer", "text")], response.Trailers);
        Assert.Equal(known, response.Encode());
        Assert.Equal(known, BinaryHttpResponse.Parse(Example("chunked_indeterminate")).Encode());
        Assert.Equal(200, BinaryHttpResponse.Parse(Example("response")).Status);

        var writer = new BinaryHttpResponseWriter();
        byte[] written = [.. writer.WriteHead(200, []), .. writer.WriteContent(response.Content.Span), .. writer.WriteEnd([("trailer", "text")])];
        Assert.Equal(PaddingBuckets.Smallest, written.Length);
        Assert.Equal(Example("chunked_indeterminate").AsSpan().TrimEnd((byte)0), written.AsSpan().TrimEnd((byte)0));
    }

    [Fact]
    public void Published_impossible_request_is_refused()
    {
        var failure = Assert.Throws<BinaryHttpFormatException>(() => BinaryHttpRequest.Parse(Example("request")));
        Assert.Equal((SealingCodes.BinaryHttpMalformed, "Method", 1L), (failure.Code, failure.Field, failure.Offset));
    }

    /// <summary>RFC 9292 §5.2: two informational responses come before the final one.</summary>
    [Fact]
    public void Informational_responses_come_before_the_final_one()
    {
        var writer = new BinaryHttpResponseWriter();
        byte[] message =
        [
            .. writer.WriteHead(102, [("running", "\"sleep 15\"")]),
            .. writer.WriteHead(103, [("link", "</style.css>; rel=preload; as=style"), ("link", "</script.js>; rel=preload; as=script")]),
            .. writer.WriteHead(200, [("content-type", "text/plain")]),
            .. writer.WriteContent("Hello"u8),
            .. writer.WriteEnd(),
        ];
        Assert.Equal("0340660772756e6e696e670a22736c65657020313522004067046c696e6b233c2f7374796c652e6373733e3b", Convert.ToHexStringLower(message.AsSpan(0, 44)));
        var response = BinaryHttpResponse.Parse(message);
        Assert.Equal([102, 103], response.Informational.Select(informational => informational.Status));
        Assert.Equal(2, response.Informational[1].Headers.Length);
        Assert.Equal(200, response.Status);
        Assert.Equal("Hello"u8, response.Content.Span);
    }

    [Fact]
    public void A_request_survives_the_round_trip_padded_or_not()
    {
        Assert.Equal(s_request.Encode(), BinaryHttpRequest.Parse(s_request.Encode()).Encode());
        var padded = s_request.EncodePadded();
        Assert.Equal(128, padded.Length);
        var parsed = BinaryHttpRequest.Parse(padded);
        Assert.Equal(s_request.Headers, parsed.Headers);
        Assert.Equal(s_request.Trailers, parsed.Trailers);
        Assert.Equal(s_request.Content.ToArray(), parsed.Content.ToArray());
        padded[^1] = 1;
        Assert.Equal("Padding", Assert.Throws<BinaryHttpFormatException>(() => BinaryHttpRequest.Parse(padded)).Field);
    }

    [Theory]
    [InlineData(0, 128)]
    [InlineData(1, 128)]
    [InlineData(128, 128)]
    [InlineData(129, 256)]
    [InlineData(2049, 4096)]
    [InlineData(4096, 4096)]
    [InlineData(4097, 8192)]
    [InlineData(8193, 12288)]
    public void Lengths_are_rounded_up_to_buckets(int length, int bucket)
    {
        Assert.Equal(bucket, PaddingBuckets.RoundUp(length));
        Assert.Equal(bucket - length, PaddingBuckets.PaddingOf(length));
    }

    [Fact]
    public void Answers_longer_than_two_gigabytes_are_padded_too() => Assert.Equal(4095, PaddingBuckets.PaddingOf((3L << 30) + 1));

    [Fact]
    public void Every_truncation_is_refused_but_those_that_leave_out_empty_sections()
    {
        var encoded = s_request.Encode();
        for (var length = 0; length < encoded.Length; length++)
        {
            var cut = encoded.AsSpan(0, length).ToArray();
            // Sections may be left out from their start on: after the control data, the headers, or the content.
            if (TryParse(cut, out var parsed))
            {
                byte[] rest = [.. cut, 0, 0, 0];
                Assert.Equal(BinaryHttpRequest.Parse(rest).Encode(), parsed!.Encode());
            }
        }

        Assert.Equal(3, Enumerable.Range(0, encoded.Length).Count(length => TryParse(encoded.AsSpan(0, length).ToArray(), out _)));

        static bool TryParse(byte[] bytes, out BinaryHttpRequest? request)
        {
            try
            {
                request = BinaryHttpRequest.Parse(bytes);
                return true;
            }
            catch (BinaryHttpFormatException)
            {
                request = null;
                return false;
            }
        }
    }

    [Fact]
    public void Response_events_come_as_bytes_arrive_and_in_order()
    {
        var writer = new BinaryHttpResponseWriter();
        byte[][] parts =
        [
            writer.WriteHead(200, [("content-type", "text/event-stream")]),
            writer.WriteContent("data: a\n\n"u8),
            writer.WriteContent([]),
            writer.WriteContent("data: b\n\n"u8),
            writer.WriteEnd([("x", "y")]),
        ];
        Assert.Empty(parts[2]);
        var reader = new BinaryHttpResponseReader();
        var events = new List<string>();
        foreach (var octet in parts.SelectMany(part => part))
        {
            reader.Push([octet]);
            Collect(reader, events);
        }

        Assert.Equal("head 200 content-type|" + string.Join("|", "data: a\n\ndata: b\n\n".Select(c => $"content {c}")) + "|trailers x", string.Join("|", events));
        reader.Complete();
        Collect(reader, events);
        Assert.Equal("end", events[^1]);
        Assert.False(reader.TryRead(out _));
        Assert.Throws<InvalidOperationException>(() => reader.Push([0]));
    }

    [Fact]
    public void A_known_length_response_streams_its_content_too()
    {
        var encoded = new BinaryHttpResponse { Status = 404, Content = "gone"u8.ToArray() }.Encode();
        var reader = new BinaryHttpResponseReader();
        var events = new List<string>();
        reader.Push(encoded.AsSpan(0, 7));
        Collect(reader, events);
        reader.Push(encoded.AsSpan(7));
        reader.Complete();
        Collect(reader, events);
        Assert.Equal(["head 404 ", "content go", "content ne", "end"], events);
    }

    [Fact]
    public void A_response_cut_inside_its_content_is_refused_once_it_is_declared_complete()
    {
        var writer = new BinaryHttpResponseWriter();
        var reader = new BinaryHttpResponseReader();
        reader.Push(writer.WriteHead(200, []));
        reader.Push(writer.WriteContent("half an answer"u8));
        reader.Complete();
        Assert.True(reader.TryRead(out _));
        Assert.True(reader.TryRead(out _));
        Assert.Equal(SealingCodes.BinaryHttpMalformed, Assert.Throws<BinaryHttpFormatException>(() => reader.TryRead(out _)).Code);
        Assert.Throws<BinaryHttpFormatException>(() => reader.TryRead(out _));
    }

    [Theory]
    [InlineData("Header Section", "Content-Type", "x")]
    [InlineData("Header Section", "", "x")]
    [InlineData("Header Section", ":path", "x")]
    [InlineData("Header Section", "a b", "x")]
    [InlineData("Header Section", "a", "x\r\ny: z")]
    [InlineData("Header Section", "a", "x\0")]
    [InlineData("Header Section", "a", "x\n")]
    [InlineData("Header Section", "a", " x")]
    [InlineData("Header Section", "a", "x\t")]
    public void Fields_that_would_split_or_confuse_http_are_refused(string field, string name, string value)
    {
        byte[] line = [(byte)name.Length, .. Encoding.Latin1.GetBytes(name), (byte)value.Length, .. Encoding.Latin1.GetBytes(value)];
        byte[] known = [1, 0x40, 200, (byte)line.Length, .. line, 0, 0];
        byte[] indeterminate = [3, 0x40, 200, .. line, 0, 0, 0];
        Assert.Equal(field, Assert.Throws<BinaryHttpFormatException>(() => BinaryHttpResponse.Parse(known)).Field);
        if (name.Length > 0)
        {
            Assert.Equal(field, Assert.Throws<BinaryHttpFormatException>(() => BinaryHttpResponse.Parse(indeterminate)).Field);
        }

        Assert.Throws<ArgumentException>(() => new BinaryHttpResponse { Status = 200, Headers = [(name, value)] }.Encode());
        Assert.Throws<ArgumentException>(() => new BinaryHttpResponseWriter().WriteHead(200, [(name, value)]));
    }

    [Theory]
    [InlineData("Method", "GE T", "https", "a", "/")]
    [InlineData("Method", "", "https", "a", "/")]
    [InlineData("Scheme", "GET", "", "a", "/")]
    [InlineData("Scheme", "GET", "ht tp", "a", "/")]
    [InlineData("Authority", "GET", "https", "a\r\nb", "/")]
    [InlineData("Path", "GET", "https", "a", "")]
    [InlineData("Path", "GET", "https", "a", "x")]
    [InlineData("Path", "GET", "https", "a", "/ HTTP/1.1")]
    [InlineData("Path", "GET", "https", "a", "/\n")]
    public void Control_data_that_would_split_or_confuse_http_is_refused(string field, string method, string scheme, string authority, string path)
    {
        byte[] encoded = [0, .. new[] { method, scheme, authority, path }.SelectMany(text => (byte[])[(byte)text.Length, .. Encoding.ASCII.GetBytes(text)])];
        Assert.Equal(field, Assert.Throws<BinaryHttpFormatException>(() => BinaryHttpRequest.Parse(encoded)).Field);
        Assert.Throws<ArgumentException>(() => new BinaryHttpRequest { Method = method, Scheme = scheme, Authority = authority, Path = path }.Encode());
    }

    [Theory]
    [InlineData("01")]
    [InlineData("0340c8")]
    [InlineData("04")]
    [InlineData("4000")]
    public void A_request_has_a_request_s_framing(string hex)
    {
        var encoded = Convert.FromHexString(hex);
        if (hex == "4000")
        {
            // The longer form of the integer zero is allowed (RFC 9000 §16): it is the framing, and the message then ends.
            Assert.Equal("Control", Assert.Throws<BinaryHttpFormatException>(() => BinaryHttpRequest.Parse(encoded)).Field);
            return;
        }

        Assert.Equal("Framing Indicator", Assert.Throws<BinaryHttpFormatException>(() => BinaryHttpRequest.Parse(encoded)).Field);
    }

    [Theory]
    [InlineData(99)]
    [InlineData(0)]
    [InlineData(600)]
    public void A_status_is_between_100_and_599(int status)
    {
        byte[] encoded = [1, 0, 0];
        encoded[1] = (byte)(0x40 | (status >> 8));
        encoded[2] = (byte)status;
        Assert.Equal("Status Code", Assert.Throws<BinaryHttpFormatException>(() => BinaryHttpResponse.Parse(encoded)).Field);
        Assert.Throws<ArgumentOutOfRangeException>(() => new BinaryHttpResponse { Status = status }.Encode());
    }

    [Fact]
    public void Limits_hold_on_reading_and_on_writing()
    {
        ImmutableArray<HttpField> many = [.. Enumerable.Range(0, BinaryHttpLimits.MaxFields + 1).Select(i => new HttpField("a", "b"))];
        Assert.Throws<ArgumentException>(() => (s_request with { Headers = many }).Encode());
        Assert.Equal(BinaryHttpLimits.MaxFields, BinaryHttpRequest.Parse((s_request with { Headers = many[1..] }).Encode()).Headers.Length);
        byte[] tooMany = [3, 0x40, 200, .. Enumerable.Repeat<byte[]>([1, (byte)'a', 1, (byte)'b'], BinaryHttpLimits.MaxFields + 1).SelectMany(line => line), 0];
        Assert.Equal("Header Section", Assert.Throws<BinaryHttpFormatException>(() => BinaryHttpResponse.Parse(tooMany)).Field);

        var wide = new string('x', BinaryHttpLimits.MaxFieldSection);
        Assert.Throws<ArgumentException>(() => (s_request with { Headers = [("a", wide)] }).Encode());
        byte[] half = [1, (byte)'a', 0x80, 0, 0x80, 0, .. Encoding.ASCII.GetBytes(wide[..(1 << 15)])];
        byte[] tooWide = [3, 0x40, 200, .. half, .. half, 0];
        Assert.Equal("Header Section", Assert.Throws<BinaryHttpFormatException>(() => BinaryHttpResponse.Parse(tooWide)).Field);

        var encoded = s_request.Encode();
        Assert.Equal("Content", Assert.Throws<BinaryHttpFormatException>(() => BinaryHttpRequest.Parse(encoded, s_request.Content.Length - 1)).Field);
        Assert.Equal(s_request.Content.Length, BinaryHttpRequest.Parse(encoded, s_request.Content.Length).Content.Length);

        var writer = new BinaryHttpResponseWriter();
        var reader = new BinaryHttpResponseReader(maxContent: 5);
        reader.Push([.. writer.WriteHead(200, []), .. writer.WriteContent("abc"u8), .. writer.WriteContent("def"u8)]);
        Assert.True(reader.TryRead(out _));
        Assert.True(reader.TryRead(out _));
        Assert.Equal("Content", Assert.Throws<BinaryHttpFormatException>(() => reader.TryRead(out _)).Field);

        byte[] padded = [.. encoded, .. new byte[BinaryHttpLimits.MaxPadding + 1]];
        Assert.Equal("Padding", Assert.Throws<BinaryHttpFormatException>(() => BinaryHttpRequest.Parse(padded)).Field);
        Assert.Equal(encoded, BinaryHttpRequest.Parse(padded.AsSpan(..^1)).Encode());

        byte[] informational = [3, .. Enumerable.Repeat<byte[]>([0x40, 102, 0], BinaryHttpLimits.MaxInformational + 1).SelectMany(one => one), 0x40, 200];
        Assert.Equal("Status Code", Assert.Throws<BinaryHttpFormatException>(() => BinaryHttpResponse.Parse(informational)).Field);
    }

    [Fact]
    public void A_length_that_lies_allocates_nothing_and_waits()
    {
        // The section says 60 KiB and brings 3 bytes: that is an incomplete message, not 60 KiB of memory.
        var before = GC.GetAllocatedBytesForCurrentThread();
        var reader = new BinaryHttpResponseReader();
        reader.Push([1, 0x40, 200, 0x80, 0, 0xF0, 0, 1, 2, 3]);
        Assert.False(reader.TryRead(out _));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 8192);
    }

    [Fact]
    public void Text_forms_show_neither_values_nor_content()
    {
        Assert.Equal("BinaryHttpRequest", s_request.ToString());
        Assert.Equal("authorization", s_request.Headers[1].ToString());
        Assert.Equal("BinaryHttpResponse 200", new BinaryHttpResponse { Status = 200, Content = "secret"u8.ToArray() }.ToString());
        Assert.Equal("Content", new BinaryHttpEvent.Content("secret"u8.ToArray()).ToString());
    }

    [Fact]
    public void The_writer_keeps_its_order()
    {
        var writer = new BinaryHttpResponseWriter();
        Assert.Throws<InvalidOperationException>(() => writer.WriteContent("x"u8));
        Assert.Throws<InvalidOperationException>(() => writer.WriteEnd());
        writer.WriteHead(200, []);
        Assert.Throws<InvalidOperationException>(() => writer.WriteHead(200, []));
        writer.WriteEnd();
        Assert.Throws<InvalidOperationException>(() => writer.WriteContent("x"u8));
    }

    [Fact]
    public void Mutated_messages_parse_alike_in_one_piece_and_in_many()
    {
        var random = new Random(31337);
        var writer = new BinaryHttpResponseWriter();
        byte[][] seeds =
        [
            new BinaryHttpResponse { Status = 200, Headers = [("a", "b"), ("c", "")], Content = "hello"u8.ToArray(), Trailers = [("t", "u")] }.Encode(),
            [.. writer.WriteHead(103, [("link", "x")]), .. writer.WriteHead(200, [("a", "b")]), .. writer.WriteContent("hello"u8), .. writer.WriteContent("world"u8), .. writer.WriteEnd([("t", "u")])],
        ];
        var accepted = 0;
        for (var i = 0; i < Vectors.FuzzIterations(3000); i++)
        {
            var bytes = Mutation.Of(seeds[i % seeds.Length], random);
            var whole = "";
            ParserBudget.Run(Mutation.BudgetBytes, () => whole = Outcome(bytes, bytes.Length));
            Assert.Equal(whole, Outcome(bytes, 1));
            Assert.Equal(whole, Outcome(bytes, random.Next(1, 9)));
            if (!whole.StartsWith("refused", StringComparison.Ordinal))
            {
                accepted++;
                var parsed = BinaryHttpResponse.Parse(bytes);
                Assert.Equal(parsed.Encode(), BinaryHttpResponse.Parse(parsed.Encode()).Encode());
            }

            // As a request it is something else, and does not crash either.
            bytes[..Math.Min(1, bytes.Length)].AsSpan().Clear();
            if (bytes.Length > 0)
            {
                bytes[0] ^= 1;
                _ = RequestOutcome(bytes);
            }
        }

        Assert.InRange(accepted, 1, int.MaxValue);
    }

    [Fact]
    public void Mutated_requests_parse_to_what_encodes_again_or_not_at_all()
    {
        var random = new Random(1729);
        var seed = s_request.Encode();
        for (var i = 0; i < Vectors.FuzzIterations(3000); i++)
        {
            ParserBudget.Run(Mutation.BudgetBytes, () => RequestOutcome(Mutation.Of(seed, random)));
        }
    }

    static bool RequestOutcome(byte[] bytes)
    {
        try
        {
            var parsed = BinaryHttpRequest.Parse(bytes);
            Assert.Equal(parsed.Encode(), BinaryHttpRequest.Parse(parsed.EncodePadded()).Encode());
            return true;
        }
        catch (BinaryHttpFormatException failure)
        {
            Assert.InRange(failure.Offset, 0, bytes.Length);
            return false;
        }
    }

    static string Outcome(byte[] bytes, int step)
    {
        var reader = new BinaryHttpResponseReader();
        var content = new StringBuilder();
        var others = new StringBuilder();
        try
        {
            for (var at = 0; at < bytes.Length; at += step)
            {
                reader.Push(bytes.AsSpan(at, Math.Min(step, bytes.Length - at)));
                Read();
            }

            reader.Complete();
            Read();
            return $"{others}#{content}";
        }
        catch (BinaryHttpFormatException failure)
        {
            return $"refused {failure.Field}";
        }

        void Read()
        {
            while (reader.TryRead(out var next))
            {
                if (next is BinaryHttpEvent.Content piece)
                {
                    content.Append(Convert.ToHexString(piece.Bytes.Span));
                }
                else
                {
                    others.Append(Describe(next)).Append('|');
                }
            }
        }
    }

    static void Collect(BinaryHttpResponseReader reader, List<string> events)
    {
        while (reader.TryRead(out var next))
        {
            events.Add(Describe(next));
        }
    }

    static string Describe(BinaryHttpEvent next) => next switch
    {
        BinaryHttpEvent.Informational informational => $"informational {informational.Status} {Names(informational.Headers)}",
        BinaryHttpEvent.Head head => $"head {head.Status} {Names(head.Headers)}",
        BinaryHttpEvent.Content content => $"content {Encoding.ASCII.GetString(content.Bytes.Span)}",
        BinaryHttpEvent.Trailers trailers => $"trailers {Names(trailers.Fields)}",
        BinaryHttpEvent.End => "end",
        _ => throw new InvalidOperationException(),
    };

    static string Names(ImmutableArray<HttpField> fields) => string.Join(",", fields.Select(field => field.Name));
}
