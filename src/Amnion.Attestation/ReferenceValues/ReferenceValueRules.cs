namespace Amnion.Attestation.ReferenceValues;

/// <summary>Every comparison of Reference Values: its code, its words and where the rule stands.</summary>
static class ReferenceValueRules
{
    const string Tinfoil = "Tinfoil SDK specification ";

    public static readonly CheckRule TypeKnown = new(ReferenceValueCodes.TypeUnknown, "measurements are of a known type", Tinfoil + "§2.3", CheckKind.Policy);
    public static readonly CheckRule RegisterCount = new(ReferenceValueCodes.RegisterCount, "measurements have the registers of their type", Tinfoil + "§7.1", CheckKind.Policy);
    public static readonly CheckRule Registers = new(ReferenceValueCodes.RegisterMalformed, "registers are hexadecimal", Tinfoil + "§7.3", CheckKind.Policy);
    public static readonly CheckRule Combination = new(ReferenceValueCodes.CombinationUnsupported, "the two types can be compared", Tinfoil + "§7.3.5", CheckKind.Policy);
    public static readonly CheckRule Equal = new(ReferenceValueCodes.Mismatch, "registers equal the Reference Values", Tinfoil + "§7.3; RFC 9334 §8.3", CheckKind.Policy);
    public static readonly CheckRule Rtmr3 = new(ReferenceValueCodes.Rtmr3Extended, "RTMR3 was not extended", Tinfoil + "§7.3.2", CheckKind.Policy);
    public static readonly CheckRule Predicate = new(ReferenceValueCodes.PredicateMalformed, "predicate holds the measurements of its type", Tinfoil + "§5.5", CheckKind.Policy);
    public static readonly CheckRule HardwareType = new(ReferenceValueCodes.HardwareType, "hardware is looked up for TDX measurements", Tinfoil + "§6.3", CheckKind.Policy);
    public static readonly CheckRule HardwareCount = new(ReferenceValueCodes.HardwareRegisterCount, "TDX measurements have five registers", Tinfoil + "§6.3", CheckKind.Policy);
    public static readonly CheckRule HardwareKnown = new(ReferenceValueCodes.HardwareUnknown, "MRTD and RTMR0 are of known hardware", Tinfoil + "§6.3", CheckKind.Policy);
    public static readonly CheckRule KeyLayout = new(ReferenceValueCodes.KeyBindingMalformed, "user data and key have their lengths", Tinfoil + "§14.2", CheckKind.Policy);
    public static readonly CheckRule KeyEqual = new(ReferenceValueCodes.KeyBindingMismatch, "offered key is the attested one", Tinfoil + "§14.2", CheckKind.Policy);
    public static readonly CheckRule KeyAttested = new(ReferenceValueCodes.KeyBindingAbsent, "a key was attested", "RFC 7748 §6.1", CheckKind.Policy);
}
