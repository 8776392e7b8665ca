// SPDX-License-Identifier: Apache-2.0

namespace CrioCredentialProvider.TestSupport;

/// <summary>
/// Tests that load the whole machine: they run alone after all others, so that they spoil no other test's timing.
/// Classes name it by its type: xunit looks for a definition's name in the tests' own assembly only.
/// </summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class TogetherAlone;
