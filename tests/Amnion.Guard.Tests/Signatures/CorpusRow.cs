namespace Amnion.Guard.Tests.Signatures;

sealed record CorpusRow(string Text, bool IsAttack, GuardChannel Channel, string Kind, string Transform, string Plain);
