using System.Reflection;
using System.Text;

namespace Amnion.Architecture.Tests;

/// <summary>Public API is approved: a change shows as a difference in src/NAME/NAME.api.txt. AMNION_UPDATE_API=1 writes the files anew.</summary>
public sealed class PublicApiTests
{
    public static TheoryData<string> Libraries => ["Amnion.Attestation", "Amnion.Sealing", "Amnion.Records", "Amnion.Models", "Amnion.Guard", "Amnion.Inference", "Amnion.Images", "Amnion.Host", "Amnion.KeyBroker", "Amnion.Client"];

    [Theory]
    [MemberData(nameof(Libraries))]
    public void Public_api_is_the_approved_one(string library)
    {
        var path = Path.Combine(Source.Root, library, library + ".api.txt");
        var actual = Describe(Assembly.Load(library));
        if (Environment.GetEnvironmentVariable("AMNION_UPDATE_API") == "1")
        {
            File.WriteAllText(path, actual);
        }

        Assert.True(File.Exists(path), $"{path} is missing; run the tests with AMNION_UPDATE_API=1 and review it.");
        Assert.Equal(File.ReadAllText(path), actual);
    }

    static string Describe(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (var type in assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(Kind(type)).Append(' ').Append(Name(type)).Append('\n');
            var members = type.GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
                .Where(member => member is not Type && !(member is MethodBase { IsSpecialName: true } and not ConstructorInfo) && !member.Name.Contains('<', StringComparison.Ordinal))
                .Select(Member).Order(StringComparer.Ordinal);
            foreach (var member in members)
            {
                text.Append("  ").Append(member).Append('\n');
            }
        }

        return text.ToString();
    }

    static string Kind(Type type) => type switch
    {
        { IsEnum: true } => "enum",
        { IsInterface: true } => "interface",
        { IsValueType: true } => "struct",
        { IsAbstract: true, IsSealed: true } => "static class",
        { IsAbstract: true } => "abstract class",
        { IsSealed: true } => "sealed class",
        _ => "class",
    };

    static string Member(MemberInfo member) => member switch
    {
        ConstructorInfo constructor => $"new({Parameters(constructor)})",
        MethodInfo method => $"{Name(method.ReturnType)} {method.Name}({Parameters(method)})",
        PropertyInfo property => $"{Name(property.PropertyType)} {property.Name} {{ {(property.GetMethod?.IsPublic == true ? "get; " : "")}{(property.SetMethod?.IsPublic == true ? "set; " : "")}}}",
        FieldInfo { IsLiteral: true } field => $"const {Name(field.FieldType)} {field.Name} = {field.GetRawConstantValue()}",
        FieldInfo field => $"{Name(field.FieldType)} {field.Name}",
        EventInfo added => $"event {Name(added.EventHandlerType!)} {added.Name}",
        _ => member.ToString()!,
    };

    static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter => $"{Name(parameter.ParameterType)} {parameter.Name}"));

    static string Name(Type type) => type.IsGenericType
        ? $"{type.Namespace}.{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
        : type.FullName ?? type.Name;
}
