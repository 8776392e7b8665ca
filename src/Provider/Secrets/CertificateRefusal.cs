// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Secrets;

/// <summary>Why a server's certificate is rejected.</summary>
/// <param name="Why">A clause about the certificate, for example "its certificate is signed with SHA-1".</param>
/// <param name="Hint">What an administrator can do.</param>
internal sealed record CertificateRefusal(string Why, string Hint);
