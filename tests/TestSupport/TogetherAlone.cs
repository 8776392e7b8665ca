// SPDX-License-Identifier: Apache-2.0

namespace CrioCredentialProvider.TestSupport;

/// <summary>Tests that load the whole machine: they run alone, so that they spoil no other test's timing.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class TogetherAlone
{
    public const string Name = "alone on the machine";
}
