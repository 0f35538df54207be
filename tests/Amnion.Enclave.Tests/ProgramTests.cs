using System.Buffers.Binary;
using System.Net.Sockets;
using Amnion.Attestation.Nitro;
using Amnion.Enclave.Nsm;

namespace Amnion.Enclave.Tests;

public sealed class ProgramTests
{
    [Theory]
    [InlineData("--socket /tmp/s --nsm-fd 3", true)]
    [InlineData("--nsm-fd 3 --listen-fd 4", true)]
    [InlineData("--nsm-fd 3 --listen-fd 4 --platform qemu", true)]
    [InlineData("--nsm-fd 3", false)]
    [InlineData("--socket /tmp/s", false)]
    [InlineData("--socket /tmp/s --listen-fd 4 --nsm-fd 3", false)]
    [InlineData("--nsm-fd 3 --listen-fd -4", false)]
    [InlineData("--nsm-fd x --listen-fd 4", false)]
    [InlineData("--nsm-fd 3 --nsm-fd 3 --listen-fd 4", false)]
    [InlineData("--nsm-fd 3 --listen-fd 4 --platform nitro", false)]
    [InlineData("--nsm-device 3 --vsock-fd 4", true)]
    [InlineData("--nsm-device 3 --vsock-fd 4 --image /etc/other.json", true)]
    [InlineData("--nsm-fd 3 --listen-fd 4 --image /etc/other.json", true)]
    [InlineData("--nsm-device 3 --vsock-fd 4 --platform qemu", false)]
    [InlineData("--nsm-device 3 --vsock-fd 4 --nsm-fd 5", false)]
    [InlineData("--nsm-device 3 --listen-fd 4", false)]
    [InlineData("--nsm-device 3", false)]
    [InlineData("--nsm-fd 3 --vsock-fd 4", false)]
    [InlineData("--nsm-fd 3 --listen-fd 4 --vsock-fd 5", false)]
    [InlineData("--nsm-fd 3 --listen-fd 4 --debug", false)]
    [InlineData("--nsm-fd 3 --listen-fd 4 --debug yes", false)]
    [InlineData("--nsm-fd 3 --listen-fd 4 --platform qemu --workload-start-fd 5 --workload-weights-fd 6 --workload-port 8080", true)]
    [InlineData("--nsm-fd 3 --listen-fd 4 --workload-start-fd 5 --workload-weights-fd 6", true)]
    [InlineData("--nsm-fd 3 --listen-fd 4 --workload-start-fd 5 --workload-weights-fd 6 --workload-port x", false)]
    [InlineData("--nsm-fd 3 --listen-fd 4 --workload-start-fd 5", false)]
    [InlineData("--nsm-fd 3 --listen-fd 4 --workload-port 8080", false)]
    [InlineData("--nsm-fd 3 --listen-fd 4 --workload-start-fd 5 --workload-weights-fd 5 --workload-port 8080", false)]
    [InlineData("--nsm-fd 3 --listen-fd 4 --workload-start-fd 1 --workload-weights-fd 6 --workload-port 8080", false)]
    [InlineData("--nsm-fd 3 --listen-fd 4 --workload-start-fd 5 --workload-weights-fd 6 --workload-port 80", false)]
    [InlineData("--nsm-fd 3 --listen-fd 4 --workload-start-fd 5 --workload-weights-fd 6 --workload-port 65536", false)]
    public void Understands_its_arguments_strictly(string arguments, bool accepted) =>
        Assert.Equal(accepted, RunOptions.TryParse(arguments.Split(' '), out _));

    [Fact]
    public async Task Speaks_the_modules_protocol_over_an_inherited_descriptor()
    {
        var (module, enclave) = Pair();
        using var server = module;
        using var nsm = new SocketNsm((int)enclave.SafeHandle.DangerousGetHandle());
        var served = Task.Run(() => Serve(module, request => new NsmResponse.GetRandom(new byte[] { 1, 2, 3 }).Encode()), TestEnclave.Cancellation);
        var answer = Assert.IsType<NsmResponse.GetRandom>(nsm.Transact(new NsmRequest.GetRandom()));
        Assert.Equal([1, 2, 3], answer.Random.ToArray());
        Assert.IsType<NsmRequest.GetRandom>(await served);
        enclave.SafeHandle.SetHandleAsInvalid();
    }

    [Fact]
    public async Task Refuses_a_module_that_answers_nonsense_or_leaves()
    {
        var (module, enclave) = Pair();
        using var nsm = new SocketNsm((int)enclave.SafeHandle.DangerousGetHandle());
        var served = Task.Run(() => Serve(module, _ => [0xff, 0xff]), TestEnclave.Cancellation);
        Assert.Throws<NsmFormatException>(() => nsm.Transact(new NsmRequest.GetRandom()));
        await served;
        module.Dispose();
        Assert.Throws<IOException>(() => nsm.Transact(new NsmRequest.GetRandom()));
        Assert.Equal(EnclaveCodes.SecurityModule, Assert.Throws<EnclaveRefusedException>(() => new SecurityModule(nsm, "local").Describe(16)).Code);
        enclave.SafeHandle.SetHandleAsInvalid();
    }

    static NsmRequest Serve(Socket module, Func<NsmRequest, byte[]> answer)
    {
        var header = new byte[4];
        Receive(module, header);
        var message = new byte[BinaryPrimitives.ReadInt32BigEndian(header)];
        Receive(module, message);
        var request = NsmRequest.Parse(message);
        var reply = answer(request);
        BinaryPrimitives.WriteInt32BigEndian(header, reply.Length);
        module.Send([.. header, .. reply]);
        return request;
    }

    static void Receive(Socket socket, byte[] buffer)
    {
        for (var done = 0; done < buffer.Length;)
        {
            done += socket.Receive(buffer.AsSpan(done));
        }
    }

    static (Socket Module, Socket Enclave) Pair()
    {
        var path = Path.Combine(Path.GetTempPath(), "amn" + Guid.NewGuid().ToString("N")[..12]);
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        var enclave = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        enclave.Connect(new UnixDomainSocketEndPoint(path));
        var module = listener.Accept();
        File.Delete(path);
        return (module, enclave);
    }
}
