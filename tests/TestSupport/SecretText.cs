// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.TestSupport;

internal static class SecretText
{
    /// <summary>The bytes decoded as UTF-8, for credentials that a test wrote as text.</summary>
    public static string Text(this SecretBytes secret) => Encoding.UTF8.GetString(secret.Reveal());
}
