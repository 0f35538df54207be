using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Amnion.Guard.Pii;

/// <summary>The built-in kinds of personal data. Context words are those of forms and sentences in English, German, French, Spanish, Portuguese, Italian and Dutch, and of the issuing country.</summary>
public static class PiiTypes
{
    const string Passport = "passport passports passport_number reisepass pass pasaporte passeport passaporto passaporte paspoort travel+document travel";
    const string Licence = "licence license driver drivers driving dl führerschein fahrerlaubnis permis patente carné conducir rijbewijs";
    const string Vat = "vat ust ustid umsatzsteuer tva iva btw partita mwst";

    public static readonly PiiType CreditCard = new("CREDIT_CARD", PiiCodes.Financial, "card cards creditcard credit visa mastercard amex diners discover jcb maestro pan debit kreditkarte kartennummer carte tarjeta cartão cartao carta kaart cc ccn payment", true);
    public static readonly PiiType Iban = new("IBAN", PiiCodes.Financial, "iban account konto bank kontonummer compte cuenta conta rekening", true);
    public static readonly PiiType SwiftBic = new("SWIFT_BIC", PiiCodes.Financial, "swift bic");
    public static readonly PiiType BankAccount = new("BANK_ACCOUNT", PiiCodes.Financial, "account acct konto kontonummer compte cuenta conta rekening checking savings bank");
    public static readonly PiiType AbaRouting = new("ABA_ROUTING", PiiCodes.Financial, "routing aba rtn transit wire ach", true);
    public static readonly PiiType UsSsn = new("US_SSN", PiiCodes.Government, "ssn ssns ssid social+security social");
    public static readonly PiiType UsItin = new("US_ITIN", PiiCodes.Government, "itin taxpayer tax");
    public static readonly PiiType UsEin = new("US_EIN", PiiCodes.Organisation, "ein fein employer tax+id taxid tax tin");
    public static readonly PiiType UsPassport = new("US_PASSPORT", PiiCodes.Government, Passport);
    public static readonly PiiType UsDriverLicense = new("US_DRIVER_LICENSE", PiiCodes.Government, Licence);
    public static readonly PiiType UsNpi = new("US_NPI", PiiCodes.Health, "npi provider prescriber", true);
    public static readonly PiiType Dea = new("DEA", PiiCodes.Health, "dea certificate prescriber registration controlled", true);
    public static readonly PiiType UsMbi = new("US_MBI", PiiCodes.Health, "mbi medicare beneficiary");
    public static readonly PiiType MedicalRecord = new("MEDICAL_RECORD", PiiCodes.Health, "mrn mr# medical+record patient+id patient+no patient+number chart patientid patient_id patienten-id patientennummer fallnummer");
    public static readonly PiiType InsuranceId = new("INSURANCE_ID", PiiCodes.Health, "insurance policy member subscriber beneficiary");
    public static readonly PiiType UkNhs = new("UK_NHS", PiiCodes.Health, "nhs health+service chi", true);
    public static readonly PiiType UkNino = new("UK_NINO", PiiCodes.Government, "nino ni national+insurance insurance");
    public static readonly PiiType UkPassport = new("UK_PASSPORT", PiiCodes.Government, Passport);
    public static readonly PiiType UkDrivingLicence = new("UK_DRIVING_LICENCE", PiiCodes.Government, Licence);
    public static readonly PiiType UkPostcode = new("UK_POSTCODE", PiiCodes.Place, "postcode post+code postal address");
    public static readonly PiiType UkVehicle = new("UK_VEHICLE_REGISTRATION", PiiCodes.Vehicle, "registration plate vehicle car reg vrn number+plate");
    public static readonly PiiType CaSin = new("CA_SIN", PiiCodes.Government, "sin nas social+insurance assurance+sociale canada canadian", true);
    public static readonly PiiType AuTfn = new("AU_TFN", PiiCodes.Government, "tfn tax+file australia australian", true);
    public static readonly PiiType AuAbn = new("AU_ABN", PiiCodes.Organisation, "abn australian business australia", true);
    public static readonly PiiType AuAcn = new("AU_ACN", PiiCodes.Organisation, "acn australian company australia", true);
    public static readonly PiiType AuMedicare = new("AU_MEDICARE", PiiCodes.Health, "medicare australia australian", true);
    public static readonly PiiType NzIrd = new("NZ_IRD", PiiCodes.Government, "ird inland", true);
    public static readonly PiiType NlBsn = new("NL_BSN", PiiCodes.Government, "bsn burgerservicenummer sofinummer sofi citizen dutch", true);
    public static readonly PiiType DeTaxId = new("DE_TAX_ID", PiiCodes.Government, "steuer steuerid steuer-id idnr identifikationsnummer steueridentifikationsnummer tin", true);
    public static readonly PiiType DeTaxNumber = new("DE_TAX_NUMBER", PiiCodes.Government, "steuernummer stnr st.-nr finanzamt st+nr");
    public static readonly PiiType DeVatId = new("DE_VAT_ID", PiiCodes.Organisation, Vat, true);
    public static readonly PiiType DeSocialSecurity = new("DE_SOCIAL_SECURITY", PiiCodes.Government, "rvnr rentenversicherungsnummer sozialversicherungsnummer rentenversicherung svnr sozialversicherung versicherungsnummer", true);
    public static readonly PiiType DeHealthInsurance = new("DE_HEALTH_INSURANCE", PiiCodes.Health, "kvnr krankenversichertennummer krankenkasse versichertennummer gesundheitskarte krankenversicherung", true);
    public static readonly PiiType DeIdCard = new("DE_ID_CARD", PiiCodes.Government, "personalausweis ausweis ausweisnummer personalausweisnummer");
    public static readonly PiiType DePassport = new("DE_PASSPORT", PiiCodes.Government, Passport + " passnummer reisepassnummer", true);
    public static readonly PiiType DeDriverLicense = new("DE_DRIVER_LICENSE", PiiCodes.Government, Licence + " führerscheinnummer");
    public static readonly PiiType DeLanr = new("DE_LANR", PiiCodes.Health, "lanr arztnummer arzt", true);
    public static readonly PiiType DeBsnr = new("DE_BSNR", PiiCodes.Health, "bsnr betriebsstättennummer betriebsstätte");
    public static readonly PiiType DeHandelsregister = new("DE_HANDELSREGISTER", PiiCodes.Organisation, "handelsregister amtsgericht registergericht hrb hra");
    public static readonly PiiType DeVehicle = new("DE_VEHICLE_REGISTRATION", PiiCodes.Vehicle, "kennzeichen kfz nummernschild fahrzeug");
    public static readonly PiiType DePostcode = new("DE_POSTCODE", PiiCodes.Place, "plz postleitzahl");
    public static readonly PiiType AtSvnr = new("AT_SVNR", PiiCodes.Government, "svnr sozialversicherungsnummer versicherungsnummer", true);
    public static readonly PiiType ChAhv = new("CH_AHV", PiiCodes.Government, "ahv avs ahv-nummer sozialversicherungsnummer", true);
    public static readonly PiiType FrNir = new("FR_NIR", PiiCodes.Government, "nir sécurité+sociale securite+sociale sécu sécurité insee", true);
    public static readonly PiiType BeNational = new("BE_NATIONAL_NUMBER", PiiCodes.Government, "rijksregisternummer rijksregister registre+national niss insz national", true);
    public static readonly PiiType EsNif = new("ES_NIF", PiiCodes.Government, "nif dni documento identidad identificación", true);
    public static readonly PiiType EsNie = new("ES_NIE", PiiCodes.Government, "nie extranjero extranjería identificación", true);
    public static readonly PiiType EsPassport = new("ES_PASSPORT", PiiCodes.Government, Passport);
    public static readonly PiiType PtNif = new("PT_NIF", PiiCodes.Government, "nif contribuinte fiscal", true);
    public static readonly PiiType ItFiscalCode = new("IT_FISCAL_CODE", PiiCodes.Government, "codice+fiscale fiscale cf", true);
    public static readonly PiiType ItVatCode = new("IT_VAT_CODE", PiiCodes.Organisation, Vat + " piva", true);
    public static readonly PiiType ItDriverLicense = new("IT_DRIVER_LICENSE", PiiCodes.Government, Licence);
    public static readonly PiiType ItIdentityCard = new("IT_IDENTITY_CARD", PiiCodes.Government, "carta+identità identità identita cie elettronica");
    public static readonly PiiType ItPassport = new("IT_PASSPORT", PiiCodes.Government, Passport);
    public static readonly PiiType PlPesel = new("PL_PESEL", PiiCodes.Government, "pesel", true);
    public static readonly PiiType FiHetu = new("FI_PERSONAL_IDENTITY_CODE", PiiCodes.Government, "hetu henkilötunnus personal+identity", true);
    public static readonly PiiType SePersonnummer = new("SE_PERSONNUMMER", PiiCodes.Government, "personnummer samordningsnummer personal+identity", true);
    public static readonly PiiType SeOrganisationsnummer = new("SE_ORGANISATIONSNUMMER", PiiCodes.Organisation, "organisationsnummer orgnr company+identity", true);
    public static readonly PiiType NoFodselsnummer = new("NO_FODSELSNUMMER", PiiCodes.Government, "fødselsnummer fodselsnummer personnummer", true);
    public static readonly PiiType DkCpr = new("DK_CPR", PiiCodes.Government, "cpr cpr-nummer personnummer");
    public static readonly PiiType RoCnp = new("RO_CNP", PiiCodes.Government, "cnp personal", true);
    public static readonly PiiType TrNationalId = new("TR_NATIONAL_ID", PiiCodes.Government, "tc tckn kimlik", true);
    public static readonly PiiType TrLicensePlate = new("TR_LICENSE_PLATE", PiiCodes.Vehicle, "plaka araç arac plate");
    public static readonly PiiType BrCpf = new("BR_CPF", PiiCodes.Government, "cpf contribuinte cadastro", true);
    public static readonly PiiType BrCnpj = new("BR_CNPJ", PiiCodes.Organisation, "cnpj empresa", true);
    public static readonly PiiType InAadhaar = new("IN_AADHAAR", PiiCodes.Government, "aadhaar aadhar uidai uid", true);
    public static readonly PiiType InPan = new("IN_PAN", PiiCodes.Government, "pan permanent+account");
    public static readonly PiiType InGstin = new("IN_GSTIN", PiiCodes.Organisation, "gstin gst");
    public static readonly PiiType InPassport = new("IN_PASSPORT", PiiCodes.Government, Passport + " indian india");
    public static readonly PiiType InVoter = new("IN_VOTER", PiiCodes.Government, "voter epic election");
    public static readonly PiiType InVehicle = new("IN_VEHICLE_REGISTRATION", PiiCodes.Vehicle, "rto vehicle plate registration");
    public static readonly PiiType SgNric = new("SG_NRIC_FIN", PiiCodes.Government, "nric fin singapore");
    public static readonly PiiType SgUen = new("SG_UEN", PiiCodes.Organisation, "uen singapore");
    public static readonly PiiType KrRrn = new("KR_RRN", PiiCodes.Government, "rrn resident korean 주민등록번호");
    public static readonly PiiType KrFrn = new("KR_FRN", PiiCodes.Government, "frn foreigner korean 외국인등록번호");
    public static readonly PiiType KrBrn = new("KR_BRN", PiiCodes.Organisation, "brn business 사업자등록번호", true);
    public static readonly PiiType KrDriverLicense = new("KR_DRIVER_LICENSE", PiiCodes.Government, Licence + " 운전면허");
    public static readonly PiiType KrPassport = new("KR_PASSPORT", PiiCodes.Government, Passport + " 여권");
    public static readonly PiiType ThNationalId = new("TH_TNIN", PiiCodes.Government, "thai thailand tnin บัตรประชาชน", true);
    public static readonly PiiType CnResidentId = new("CN_RESIDENT_ID", PiiCodes.Government, "身份证 身份证号 resident chinese", true);
    public static readonly PiiType PhTin = new("PH_TIN", PiiCodes.Government, "tin bir tax+id");
    public static readonly PiiType NgNin = new("NG_NIN", PiiCodes.Government, "nin nigeria nigerian nimc", true);
    public static readonly PiiType NgVehicle = new("NG_VEHICLE_REGISTRATION", PiiCodes.Vehicle, "plate vehicle registration");
    public static readonly PiiType ZaId = new("ZA_ID_NUMBER", PiiCodes.Government, "rsa south+african said", true);
    public static readonly PiiType NationalId = new("NATIONAL_ID", PiiCodes.Government, "national+id identity id+card cedula cédula curp voter");
    public static readonly PiiType PassportNumber = new("PASSPORT", PiiCodes.Government, Passport);
    public static readonly PiiType DriverLicense = new("DRIVER_LICENSE", PiiCodes.Government, Licence);
    public static readonly PiiType Vin = new("VIN", PiiCodes.Vehicle, "vin chassis vehicle fahrgestellnummer", true);
    public static readonly PiiType Lei = new("LEI", PiiCodes.Organisation, "lei entity", true);
    public static readonly PiiType Imei = new("IMEI", PiiCodes.Device, "imei handset device phone mobile", true);
    public static readonly PiiType IpAddress = new("IP_ADDRESS", PiiCodes.Device, "ip ipv ipaddress address host server client");
    public static readonly PiiType MacAddress = new("MAC_ADDRESS", PiiCodes.Device, "mac ethernet wifi bluetooth");
    public static readonly PiiType Email = new("EMAIL_ADDRESS", PiiCodes.Contact, "email mail e-mail");
    public static readonly PiiType Phone = new("PHONE_NUMBER", PiiCodes.Contact, "phone phones tel telephone telefon telefono teléfono téléphone telefone telefoon mobile cell cellphone mobil móvil portable handy handynummer celular call called calling fax whatsapp sms text contact numarası cep gsm rufnummer numéro ring dial hotline");
    public static readonly PiiType Url = new("URL", PiiCodes.Contact, "website site url link homepage");
    public static readonly PiiType BitcoinAddress = new("CRYPTO_BTC", PiiCodes.Crypto, "wallet bitcoin btc crypto", true);
    public static readonly PiiType EthereumAddress = new("CRYPTO_ETH", PiiCodes.Crypto, "wallet ethereum eth crypto");
    public static readonly PiiType DateOfBirth = new("DATE_OF_BIRTH", PiiCodes.Date, "dob birth birthday born birthdate geboren geburtsdatum geburtstag née né naissance nacimiento nacido nacida nascimento nascita nato nata geboortedatum d.o.b");
    public static readonly PiiType Date = new("DATE_TIME", PiiCodes.Date, "date datum fecha data admitted admission discharged discharge died visit");
    public static readonly PiiType Age = new("AGE", PiiCodes.Date, "age aged");
    public static readonly PiiType Person = new("PERSON", PiiCodes.Person);
    public static readonly PiiType StreetAddress = new("STREET_ADDRESS", PiiCodes.Place, "address adresse dirección direccion indirizzo adres endereço lives live living residence anschrift wohnhaft");
    public static readonly PiiType ZipCode = new("ZIP_CODE", PiiCodes.Place, "zip zipcode postal");
    public static readonly PiiType Password = new("PASSWORD", PiiCodes.Secret);
    public static readonly PiiType UserName = new("USER_NAME", PiiCodes.Contact, "user username login userid handle account+id employee+id");

    /// <summary>Every built-in type, in a stable order.</summary>
    public static readonly ImmutableArray<PiiType> All =
    [
        CreditCard, Iban, SwiftBic, BankAccount, AbaRouting, UsSsn, UsItin, UsEin, UsPassport, UsDriverLicense, UsNpi, Dea, UsMbi, MedicalRecord, InsuranceId, UkNhs, UkNino, UkPassport, UkDrivingLicence, UkPostcode,
        UkVehicle, CaSin, AuTfn, AuAbn, AuAcn, AuMedicare, NzIrd, NlBsn, DeTaxId, DeTaxNumber, DeVatId, DeSocialSecurity, DeHealthInsurance, DeIdCard, DePassport, DeDriverLicense, DeLanr, DeBsnr, DeHandelsregister,
        DeVehicle, DePostcode, AtSvnr, ChAhv, FrNir, BeNational, EsNif, EsNie, EsPassport, PtNif, ItFiscalCode, ItVatCode, ItDriverLicense, ItIdentityCard, ItPassport, PlPesel, FiHetu, SePersonnummer,
        SeOrganisationsnummer, NoFodselsnummer, DkCpr, RoCnp, TrNationalId, TrLicensePlate, BrCpf, BrCnpj, InAadhaar, InPan, InGstin, InPassport, InVoter, InVehicle, SgNric, SgUen, KrRrn, KrFrn, KrBrn,
        KrDriverLicense, KrPassport, ThNationalId, CnResidentId, PhTin, NgNin, NgVehicle, ZaId, NationalId, PassportNumber, DriverLicense, Vin, Lei, Imei, IpAddress, MacAddress, Email, Phone, Url,
        BitcoinAddress, EthereumAddress, DateOfBirth, Date, Age, Person, StreetAddress, ZipCode, Password, UserName,
    ];

    static readonly FrozenDictionary<string, PiiType> s_byName = Number();

    /// <summary>The built-in type of that name, or null.</summary>
    public static PiiType? Find(string name) => s_byName.GetValueOrDefault(name);

    static FrozenDictionary<string, PiiType> Number()
    {
        for (var i = 0; i < All.Length; i++)
        {
            All[i].Index = i;
        }

        return All.ToFrozenDictionary(type => type.Name, StringComparer.Ordinal);
    }
}
