// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Journal;

/// <summary>The syslog severities that are used; the value is the journal's <c>PRIORITY</c>.</summary>
internal enum Priority
{
    Error = 3,
    Warning = 4,
    Info = 6,
    Debug = 7,
}
