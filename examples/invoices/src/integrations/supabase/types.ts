export type Json =
  | string
  | number
  | boolean
  | null
  | { [key: string]: Json | undefined }
  | Json[]

export type Database = {
  public: {
    Tables: {
      accounts: {
        Row: {
          business_name: string
          created_at: string
          id: string
          last_invoice_number: number
        }
        Insert: {
          business_name: string
          created_at?: string
          id: string
          last_invoice_number?: number
        }
        Update: {
          business_name?: string
          created_at?: string
          id?: string
          last_invoice_number?: number
        }
        Relationships: []
      }
      customers: {
        Row: {
          account_id: string
          created_at: string
          email: string | null
          id: string
          name: string
        }
        Insert: {
          account_id?: string
          created_at?: string
          email?: string | null
          id?: string
          name: string
        }
        Update: {
          account_id?: string
          created_at?: string
          email?: string | null
          id?: string
          name?: string
        }
        Relationships: [
          {
            foreignKeyName: "customers_account_id_fkey"
            columns: ["account_id"]
            isOneToOne: false
            referencedRelation: "accounts"
            referencedColumns: ["id"]
          },
        ]
      }
      invoice_lines: {
        Row: {
          amount: number | null
          description: string
          id: number
          invoice_id: string
          position: number
          quantity: number
          unit_price: number
        }
        Insert: {
          amount?: never
          description: string
          id?: never
          invoice_id: string
          position?: number
          quantity?: number
          unit_price: number
        }
        Update: {
          amount?: never
          description?: string
          id?: never
          invoice_id?: string
          position?: number
          quantity?: number
          unit_price?: number
        }
        Relationships: [
          {
            foreignKeyName: "invoice_lines_invoice_id_fkey"
            columns: ["invoice_id"]
            isOneToOne: false
            referencedRelation: "invoices"
            referencedColumns: ["id"]
          },
        ]
      }
      invoices: {
        Row: {
          account_id: string
          created_at: string
          customer_id: string
          due_on: string
          id: string
          issued_on: string
          number: string
          status: Database["public"]["Enums"]["invoice_status"]
        }
        Insert: {
          account_id?: string
          created_at?: string
          customer_id: string
          due_on?: string
          id?: string
          issued_on?: string
          number?: string
          status?: Database["public"]["Enums"]["invoice_status"]
        }
        Update: {
          account_id?: string
          created_at?: string
          customer_id?: string
          due_on?: string
          id?: string
          issued_on?: string
          number?: string
          status?: Database["public"]["Enums"]["invoice_status"]
        }
        Relationships: [
          {
            foreignKeyName: "invoices_account_id_fkey"
            columns: ["account_id"]
            isOneToOne: false
            referencedRelation: "accounts"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "invoices_customer_id_fkey"
            columns: ["customer_id"]
            isOneToOne: false
            referencedRelation: "customers"
            referencedColumns: ["id"]
          },
        ]
      }
      payment_notices: {
        Row: {
          body: Json
          id: number
          invoice_id: string
          received_at: string
          reference: string
        }
        Insert: {
          body?: Json
          id?: never
          invoice_id: string
          received_at?: string
          reference: string
        }
        Update: {
          body?: Json
          id?: never
          invoice_id?: string
          received_at?: string
          reference?: string
        }
        Relationships: [
          {
            foreignKeyName: "payment_notices_invoice_id_fkey"
            columns: ["invoice_id"]
            isOneToOne: false
            referencedRelation: "invoices"
            referencedColumns: ["id"]
          },
        ]
      }
      plans: {
        Row: {
          code: string
          monthly_price: number
          title: string
        }
        Insert: {
          code: string
          monthly_price: number
          title: string
        }
        Update: {
          code?: string
          monthly_price?: number
          title?: string
        }
        Relationships: []
      }
    }
    Views: {
      [_ in never]: never
    }
    Functions: {
      invoice_totals: {
        Args: never
        Returns: {
          invoices: number
          status: Database["public"]["Enums"]["invoice_status"]
          total: number
        }[]
      }
    }
    Enums: {
      invoice_status: "draft" | "sent" | "paid" | "void"
    }
    CompositeTypes: {
      [_ in never]: never
    }
  }
}

export const Constants = {
  public: {
    Enums: {
      invoice_status: ["draft", "sent", "paid", "void"],
    },
  },
} as const
