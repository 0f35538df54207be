using System.Collections.Immutable;

namespace Amnion.Guard.Redaction;

/// <summary>Which operator each kind of personal data gets.</summary>
public sealed record RedactionPolicy
{
    /// <summary>The operator of kinds without one of their own; removal where nothing is said.</summary>
    public RedactionOperator Default { get; init; } = new RedactionOperator.Remove();

    /// <summary>Operators by the type's name.</summary>
    public ImmutableDictionary<string, RedactionOperator> Operators { get; init; } = ImmutableDictionary<string, RedactionOperator>.Empty;

    /// <summary>Everything becomes a surrogate and comes back in the answer.</summary>
    public static RedactionPolicy TokeniseAndRestore { get; } = new() { Default = new RedactionOperator.Surrogate() };

    /// <summary>The operator of a type.</summary>
    public RedactionOperator For(Pii.PiiType type) => Operators.GetValueOrDefault(type.Name, Default);

    internal bool Uses<TOperator>()
        where TOperator : RedactionOperator => Default is TOperator || Operators.Values.Any(each => each is TOperator);
}
