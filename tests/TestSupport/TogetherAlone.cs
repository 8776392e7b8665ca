// SPDX-License-Identifier: Apache-2.0

namespace CrioCredentialProvider.TestSupport;

/// <summary>
/// Tests that load the whole machine. They run alone after all other tests, so that they do not affect the timing of
/// others. Classes refer to the collection by type, because xunit looks up a name only in the tests' own assembly.
/// </summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class TogetherAlone;
