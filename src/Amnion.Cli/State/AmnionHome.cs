namespace Amnion.Cli.State;

/// <summary>The one folder state lives in: AMNION_HOME, by default in the user's XDG data directory. Folders 0700, secrets 0600; wider ones are refused (<see cref="OwnedPath"/>).</summary>
sealed class AmnionHome
{
    const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    const UnixFileMode SecretMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public AmnionHome(string root)
    {
        Root = System.IO.Path.GetFullPath(root);
        Folder(Root);
    }

    public string Root { get; }

    /// <summary>The development root's keys; outside every sandbox.</summary>
    public string DevelopmentRoot => Folder(Path("dev-root"));

    /// <summary>The key broker's database and root key: data keys, tenants, the key that signs configuration releases.</summary>
    public string Broker => Folder(Path("broker"));

    /// <summary>The model owner's signing key and its public half.</summary>
    public string Signers => Folder(Path("signers"));

    /// <summary>Sealed models.</summary>
    public string Models => Folder(Path("models"));

    /// <summary>Receipts the proxy keeps.</summary>
    public string Receipts => Folder(Path("receipts"));

    /// <summary>Sockets, staged programs, pid files and logs of what runs.</summary>
    public string Run => Folder(Path("run"));

    /// <summary>Records of the enclaves that `amnion enclave run` started.</summary>
    public string Enclaves => Folder(System.IO.Path.Combine(Run, "enclaves"));

    /// <summary>The caller's policy.</summary>
    public string CallerPolicy => Path("caller-policy.json");

    /// <summary>The first caller's API key.</summary>
    public string ApiKey => Path("api-key");

    /// <summary>SHA-256 of the key that the broker was last told to admit.</summary>
    public string ApiKeyHash => Path("api-key.sha256");

    /// <summary>From the environment.</summary>
    public static AmnionHome Open()
    {
        var named = Environment.GetEnvironmentVariable("AMNION_HOME");
        if (!string.IsNullOrEmpty(named))
        {
            return new AmnionHome(named);
        }

        var data = Environment.GetEnvironmentVariable("XDG_DATA_HOME");
        if (string.IsNullOrEmpty(data))
        {
            data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        }

        return new AmnionHome(System.IO.Path.Combine(data, "amnion"));
    }

    /// <summary>Writes a file that only the owner reads, in one step: no reader sees half of it.</summary>
    public static void WriteSecret(string path, ReadOnlySpan<byte> content)
    {
        var fresh = $"{path}.{Environment.ProcessId}.new";
        File.Delete(fresh);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = SecretMode;
        }

        using (var file = new FileStream(fresh, options))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        File.Move(fresh, path, overwrite: true);
    }

    /// <summary>Reads a secret that only its owner can read.</summary>
    /// <exception cref="CliException">Others can.</exception>
    public static string ReadSecret(string path)
    {
        OwnedPath.RequireSecret(path);
        return File.ReadAllText(path);
    }

    public string Path(string name) => System.IO.Path.Combine(Root, name);

    static string Folder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, OwnerOnly);
        }

        OwnedPath.RequireFolder(path);

        return path;
    }
}
