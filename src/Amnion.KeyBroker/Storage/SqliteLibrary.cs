using System.Reflection;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace Amnion.KeyBroker.Storage;

/// <summary>Binds SQLite's managed provider to the operating system's libsqlite3, so that its security updates reach the broker.</summary>
static class SqliteLibrary
{
    // The soname of Debian's libsqlite3-0; the unversioned name exists only with the development package.
    const string SharedLibrary = "libsqlite3.so.0";
    const string ImportedName = "e_sqlite3";

    static readonly Lock s_gate = new();
    static bool s_loaded;

    /// <summary>Loads the library once.</summary>
    /// <exception cref="KeyBrokerException">It is not installed.</exception>
    public static void Load() => Load(SharedLibrary);

    internal static void Load(string library)
    {
        lock (s_gate)
        {
            if (!NativeLibrary.TryLoad(library, out _))
            {
                throw new KeyBrokerException(KeyBrokerCodes.SqliteMissing, $"SQLite ('{library}') is not installed; install it, on Debian and Ubuntu with: apt install libsqlite3-0");
            }

            if (s_loaded)
            {
                return;
            }

            NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, Resolve);
            raw.SetProvider(new SQLite3Provider_e_sqlite3());
            s_loaded = true;
        }
    }

    static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) =>
        name == ImportedName ? NativeLibrary.Load(SharedLibrary) : 0;
}
