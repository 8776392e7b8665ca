// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.TestSupport;

// When the suite ends, everything that the program said is searched for every secret that it was given.
[assembly: AssemblyFixture(typeof(SuiteSecrets))]
